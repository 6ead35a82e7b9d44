// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/merge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

constexpr double rankOffset = 60;

struct Sighting {
    ItemIndex item;
    std::uint16_t source = 0, place = 0;
    float score = 0;
};

std::vector<Sighting> sightingsOf(std::span<const std::vector<Found>> lists)
{
    std::vector<Sighting> all;
    for (std::size_t source = 0; source < lists.size(); ++source)
        for (std::size_t at = 0; at < lists[source].size(); ++at) {
            const auto place = std::min<std::size_t>(at + 1, std::numeric_limits<std::uint16_t>::max());
            all.push_back({lists[source][at].item, static_cast<std::uint16_t>(source),
                           static_cast<std::uint16_t>(place), lists[source][at].score});
        }
    std::ranges::sort(all, [](const Sighting& a, const Sighting& b) {
        return a.item != b.item ? a.item < b.item : a.source < b.source;
    });
    return all;
}

/// One item of all lists: its stretch of sightings, and the merged score.
struct Group {
    std::size_t first = 0, last = 0;
    float merged = 0;
};

} // namespace

std::string_view inWords(MergeBy by)
{
    switch (by) {
    case MergeBy::ReciprocalRank: return "by places";
    case MergeBy::Score: return "by scores";
    case MergeBy::Chance: break;
    }
    return "by how often places were right";
}

double Candidates::shareOf(std::size_t source, std::uint16_t place, float score) const
{
    if (place == 0)
        return 0;
    if (by == MergeBy::ReciprocalRank)
        return 1 / (rankOffset + place);
    if (by == MergeBy::Chance)
        return -std::log1p(-placeChances->at(source, place));
    const double low = static_cast<double>(lowest[source]), high = static_cast<double>(highest[source]);
    return high > low ? (static_cast<double>(score) - low) / (high - low) : 1;
}

Candidates merge(std::span<const std::vector<Found>> lists, std::span<const float> weights, MergeBy by,
                 std::size_t keep, PlaceChancesPtr chances)
{
    Candidates out;
    out.by = by == MergeBy::Chance && !chances ? MergeBy::ReciprocalRank : by;
    out.placeChances = out.by == MergeBy::Chance ? std::move(chances) : nullptr;
    out.sources = lists.size();
    out.only.assign(lists.size(), 0);
    for (const auto& list : lists) {
        out.found.push_back(static_cast<std::uint32_t>(list.size()));
        out.lowest.push_back(list.empty() ? 0 : list.back().score);
        out.highest.push_back(list.empty() ? 0 : list.front().score);
    }
    const std::vector<Sighting> all = sightingsOf(lists);
    std::vector<Group> groups;
    for (std::size_t first = 0; first < all.size();) {
        Group group{first, first, 0};
        double sum = 0;
        for (; group.last < all.size() && all[group.last].item == all[first].item; ++group.last)
            sum += static_cast<double>(weights[all[group.last].source]) *
                   out.shareOf(all[group.last].source, all[group.last].place, all[group.last].score);
        group.merged = static_cast<float>(sum);
        first = group.last;
        groups.push_back(group);
    }
    const std::size_t kept = std::min(keep, groups.size());
    // Groups stand by item: of equal scores the earlier group is the lower item.
    std::ranges::partial_sort(
        groups, groups.begin() + static_cast<std::ptrdiff_t>(kept),
        [](const Group& a, const Group& b) { return a.merged != b.merged ? a.merged > b.merged : a.first < b.first; });
    out.dropped = groups.size() - kept;
    groups.resize(kept);
    out.places.assign(kept * lists.size(), 0);
    out.scores.assign(kept * lists.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t row = 0; row < kept; ++row) {
        const Group& group = groups[row];
        out.items.push_back(all[group.first].item);
        out.merged.push_back(group.merged);
        if (group.last - group.first == 1)
            ++out.only[all[group.first].source];
        for (std::size_t i = group.first; i < group.last; ++i) {
            out.places[row * lists.size() + all[i].source] = all[i].place;
            out.scores[row * lists.size() + all[i].source] = all[i].score;
        }
    }
    return out;
}

} // namespace orrery
