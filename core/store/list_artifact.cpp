// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/list_artifact.h"

#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace orrery::store {
namespace {

// Scores may be absent (NaN), which Artifact refuses in float arrays: their bits are stored.
std::uint32_t bitsOf(float score) { return std::bit_cast<std::uint32_t>(score); }

constexpr std::uint64_t anyValue = std::uint64_t{1} << 32;

} // namespace

Artifact toArtifact(const ImportedLists& lists)
{
    std::vector<std::uint32_t> lengths, items, ranks, scores;
    for (const auto& list : lists.byPerson) {
        lengths.push_back(static_cast<std::uint32_t>(list.size()));
        for (const ListedItem& listed : list) {
            items.push_back(listed.item.value);
            ranks.push_back(listed.rank);
            scores.push_back(bitsOf(listed.score));
        }
    }
    const std::array<std::int64_t, 3> counts{static_cast<std::int64_t>(lists.rows),
                                             static_cast<std::int64_t>(lists.unknownPeople),
                                             static_cast<std::int64_t>(lists.unknownItems)};
    Artifact artifact;
    artifact.putText("name", lists.name);
    artifact.put("counts", std::span<const std::int64_t>(counts));
    artifact.put("lengths", std::span<const std::uint32_t>(lengths));
    artifact.put("items", std::span<const std::uint32_t>(items));
    artifact.put("ranks", std::span<const std::uint32_t>(ranks));
    artifact.put("scores", std::span<const std::uint32_t>(scores));
    return artifact;
}

Result<ImportedLists> listsFrom(const Artifact& artifact, std::size_t itemCount)
{
    const auto name = artifact.text("name");
    const auto counts = artifact.integers("counts", 3);
    const auto lengths = artifact.indices("lengths", Artifact::anyLength, anyValue);
    const std::size_t listed = lengths ? std::accumulate(lengths->begin(), lengths->end(), std::size_t{0}) : 0;
    const auto items = artifact.indices("items", listed, itemCount);
    const auto ranks = artifact.indices("ranks", listed, anyValue);
    const auto scores = artifact.indices("scores", listed, anyValue);
    if (!name || !counts || !lengths || !items || !ranks || !scores)
        return error(Code::Corrupt, "The stored lists are not complete", "Import the lists again");
    ImportedLists lists{*name,
                        {},
                        static_cast<std::size_t>((*counts)[0]),
                        static_cast<std::size_t>((*counts)[1]),
                        static_cast<std::size_t>((*counts)[2])};
    std::size_t at = 0;
    for (const std::uint32_t length : *lengths) {
        auto& list = lists.byPerson.emplace_back();
        for (std::uint32_t i = 0; i < length; ++i, ++at)
            list.push_back({ItemIndex{(*items)[at]}, (*ranks)[at], std::bit_cast<float>((*scores)[at])});
    }
    return lists;
}

} // namespace orrery::store
