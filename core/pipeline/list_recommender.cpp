// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/base/words.h"
#include "core/pipeline/imported_list.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr auto reason = "These lists were computed elsewhere: there is no model here that could be asked.";

bool inHistory(const Query& query, ItemIndex item)
{
    return std::ranges::binary_search(query.history, item, {}, &HistoryEntry::item);
}

float scoreOf(const ListedItem& listed)
{
    return std::isnan(listed.score) ? 1.F / static_cast<float>(listed.rank) : listed.score;
}

class ListRecommender final : public Recommender {
public:
    ListRecommender(ImportedLists lists, std::size_t itemCount) : m_lists(std::move(lists)), m_itemCount(itemCount) {}

    [[nodiscard]] const std::string& name() const override { return m_lists.name; }
    [[nodiscard]] Capabilities capabilities() const override { return {false, false, false, false, reason}; }
    [[nodiscard]] Scale scale() const override { return Scale::Rank; }
    [[nodiscard]] Result<RecommendationList> recommend(const Query& query, std::size_t n, TrailLevel level,
                                                       const JobContext& job) const override;
    [[nodiscard]] Result<BulkLists> recommendAll(std::span<const Query> queries, std::size_t n,
                                                 const JobContext& job) const override;
    [[nodiscard]] Result<ItemTrace> trace(const Query& query, ItemIndex item) const override;
    [[nodiscard]] Result<Explanation> explain(const Query&, ItemIndex) const override
    {
        return error(Code::Unsupported, fmt::format("{} gives no reasons", m_lists.name), reason);
    }
    void predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const override;

private:
    [[nodiscard]] std::span<const ListedItem> listOf(const Query& query) const
    {
        const bool known = query.user && query.user->value < m_lists.byPerson.size();
        return known ? std::span<const ListedItem>(m_lists.byPerson[query.user->value]) : std::span<const ListedItem>{};
    }
    [[nodiscard]] std::vector<Dropped> dropped(const Query& query, TrailLevel level) const;

    ImportedLists m_lists;
    std::size_t m_itemCount;
};

std::vector<TrailStep> trail(const std::string& name, const ListedItem& listed, std::uint32_t place, std::uint32_t rank)
{
    const float score = scoreOf(listed);
    TrailStep found{Stage::Retrieve, name, 0, score, 0, place, {}};
    found.why = fmt::format("The imported list has it at rank {}", grouped(listed.rank));
    TrailStep seen{Stage::Rules, "already seen", score, score, place, rank, {}};
    if (rank == 0)
        seen.why = "Taken out: it is already in the history";
    else if (rank == place)
        seen.why = "Kept: it is not in the history";
    else
        seen.why = fmt::format("Kept, and moved up past {} of the history", counted(place - rank, "item"));
    return {found, seen};
}

Result<RecommendationList> ListRecommender::recommend(const Query& query, std::size_t n, TrailLevel level,
                                                      const JobContext& job) const
{
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    const auto listed = listOf(query);
    RecommendationList list;
    for (std::uint32_t place = 1; place <= listed.size(); ++place) {
        const ListedItem& entry = listed[place - 1];
        if (inHistory(query, entry.item))
            continue;
        const auto rank = static_cast<std::uint32_t>(++list.candidates);
        if (rank > n)
            continue;
        list.items.push_back({entry.item, scoreOf(entry), {}});
        if (level == TrailLevel::Full)
            list.items.back().trail = trail(m_lists.name, entry, place, rank);
    }
    if (level != TrailLevel::None)
        list.dropped = dropped(query, level);
    if (!query.user)
        list.fallback = "Imported lists are only for the people in the file.";
    else if (listed.empty())
        list.fallback = "The file has no list for this person.";
    return list;
}

std::vector<Dropped> ListRecommender::dropped(const Query& query, TrailLevel level) const
{
    std::vector<bool> candidate(m_itemCount, false), seen(m_itemCount, false);
    for (const auto& listed : listOf(query))
        if (listed.item.value < m_itemCount)
            candidate[listed.item.value] = true;
    Dropped inHistory{DropReason::Seen, {}, query.history.size()};
    for (const auto& entry : query.history) {
        if (entry.item.value < m_itemCount)
            seen[entry.item.value] = true;
        if (level == TrailLevel::Full)
            inHistory.items.push_back(entry.item);
    }
    Dropped unlisted{DropReason::Unlisted, {}, 0};
    for (std::uint32_t i = 0; i < m_itemCount; ++i) {
        if (candidate[i] || seen[i])
            continue;
        ++unlisted.count;
        if (level == TrailLevel::Full)
            unlisted.items.push_back(ItemIndex{i});
    }
    std::vector<Dropped> out;
    for (auto* part : {&inHistory, &unlisted})
        if (part->count > 0)
            out.push_back(std::move(*part));
    return out;
}

Result<BulkLists> ListRecommender::recommendAll(std::span<const Query> queries, std::size_t n,
                                                const JobContext& job) const
{
    BulkLists lists{n, std::vector<ItemIndex>(queries.size() * n),
                    std::vector<float>(queries.size() * n, std::numeric_limits<float>::quiet_NaN())};
    const auto done = parallelFor(job, queries.size(), 256, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last; ++q) {
            std::size_t at = q * n;
            for (const auto& listed : listOf(queries[q])) {
                if (at == (q + 1) * n)
                    break;
                if (inHistory(queries[q], listed.item))
                    continue;
                lists.items[at] = listed.item;
                lists.scores[at++] = scoreOf(listed);
            }
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

Result<ItemTrace> ListRecommender::trace(const Query& query, ItemIndex item) const
{
    const auto listed = listOf(query);
    ItemTrace out{item, std::numeric_limits<float>::quiet_NaN(), 0, 0, {}, {}};
    for (const auto& entry : listed)
        out.candidates += inHistory(query, entry.item) ? 0 : 1;
    std::uint32_t rank = 0;
    for (std::uint32_t place = 1; place <= listed.size(); ++place) {
        const ListedItem& entry = listed[place - 1];
        const bool seen = inHistory(query, entry.item);
        rank += seen ? 0 : 1;
        if (entry.item != item)
            continue;
        out.score = scoreOf(entry);
        out.rank = seen ? 0 : rank;
        out.trail = trail(m_lists.name, entry, place, out.rank);
    }
    if (inHistory(query, item))
        out.verdict = "It is already in the history";
    else if (out.rank == 0)
        out.verdict = "It is not in the imported list";
    else
        out.verdict = fmt::format("Place {} of {}", grouped(out.rank), grouped(out.candidates));
    return out;
}

void ListRecommender::predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const
{
    const auto listed = listOf(query);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = std::ranges::find(listed, items[i], &ListedItem::item);
        out[i] = found == listed.end() ? std::numeric_limits<float>::quiet_NaN() : scoreOf(*found);
    }
}

} // namespace

RecommenderPtr makeListRecommender(ImportedLists lists, std::size_t itemCount)
{
    return std::make_shared<const ListRecommender>(std::move(lists), itemCount);
}

} // namespace orrery
