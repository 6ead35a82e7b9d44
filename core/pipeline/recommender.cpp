// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/recommender.h"

#include "core/base/parallel.h"
#include "core/base/words.h"
#include "core/retrieval/top_n.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr float cannotScore = std::numeric_limits<float>::quiet_NaN();

// All scores of one query, before and after the items of the history were taken out.
struct ScoredCatalog {
    std::unique_ptr<Reader> reader;
    std::vector<float> scores;        // NaN: seen, or not scorable
    std::vector<Recommendation> seen; // of the history, as far as the model could score them
    std::size_t scorable = 0;         // with the seen ones
    [[nodiscard]] std::size_t candidates() const { return scorable - seen.size(); }
    [[nodiscard]] float scoreOf(ItemIndex item) const;
};

float ScoredCatalog::scoreOf(ItemIndex item) const
{
    const auto held = std::ranges::lower_bound(seen, item, {}, &Recommendation::item);
    if (held != seen.end() && held->item == item)
        return held->score;
    return item.value < scores.size() ? scores[item.value] : cannotScore;
}

std::size_t countNumbers(std::span<const float> scores)
{
    std::size_t count = 0;
    for (const float score : scores)
        count += score == score ? 1 : 0;
    return count;
}

void maskSeen(std::span<float> scores, const History& history)
{
    for (const auto& entry : history)
        if (entry.item.value < scores.size())
            scores[entry.item.value] = cannotScore;
}

ScoredCatalog scoreCatalog(const Model& model, const Query& query)
{
    ScoredCatalog out{model.read(query), std::vector<float>(model.itemCount()), {}, 0};
    out.reader->scoreAll(out.scores);
    out.scorable = countNumbers(out.scores);
    for (const auto& entry : query.history)
        if (entry.item.value < out.scores.size() && !std::isnan(out.scores[entry.item.value]))
            out.seen.push_back({entry.item, out.scores[entry.item.value], {}});
    maskSeen(out.scores, query.history);
    return out;
}

bool ranksBefore(float score, ItemIndex item, float otherScore, ItemIndex other)
{
    return score != otherScore ? score > otherScore : item < other;
}

std::uint32_t betterThan(std::span<const float> scores, float score, ItemIndex item)
{
    std::uint32_t better = 0;
    for (std::uint32_t i = 0; i < scores.size(); ++i)
        better += scores[i] > score || (scores[i] == score && i < item.value) ? 1 : 0;
    return better;
}

std::uint32_t seenBetterThan(const ScoredCatalog& catalog, float score, ItemIndex item)
{
    return static_cast<std::uint32_t>(std::ranges::count_if(
        catalog.seen, [&](const Recommendation& seen) { return ranksBefore(seen.score, seen.item, score, item); }));
}

bool inHistory(const Query& query, ItemIndex item)
{
    return std::ranges::binary_search(query.history, item, {}, &HistoryEntry::item);
}

// The scores of a chunk fill about 16 MB at most, however large the catalog is.
std::size_t queriesPerChunk(std::size_t items)
{
    return std::clamp<std::size_t>((std::size_t{4} << 20) / std::max<std::size_t>(1, items), 4, 32);
}

class ModelRecommender final : public Recommender {
public:
    ModelRecommender(std::string name, ModelPtr model) : m_name(std::move(name)), m_model(std::move(model)) {}

    [[nodiscard]] const std::string& name() const override { return m_name; }
    [[nodiscard]] Capabilities capabilities() const override { return m_model->capabilities(); }
    [[nodiscard]] Scale scale() const override { return m_model->scale(); }
    [[nodiscard]] ModelPtr model() const override { return m_model; }

    [[nodiscard]] Result<RecommendationList> recommend(const Query& query, std::size_t n, TrailLevel level,
                                                       const JobContext& job) const override;
    [[nodiscard]] Result<BulkLists> recommendAll(std::span<const Query> queries, std::size_t n,
                                                 const JobContext& job) const override;
    [[nodiscard]] Result<ItemTrace> trace(const Query& query, ItemIndex item) const override;
    [[nodiscard]] Result<Explanation> explain(const Query& query, ItemIndex item) const override;
    void predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const override
    {
        m_model->read(query)->score(items, out);
    }

private:
    void fillChunk(std::span<const Query> queries, std::size_t first, BulkLists& lists) const;
    [[nodiscard]] std::vector<Dropped> dropped(const Query& query, const ScoredCatalog& catalog,
                                               TrailLevel level) const;
    [[nodiscard]] std::vector<TrailStep> trail(const ScoredCatalog& catalog, float score, std::uint32_t scoredRank,
                                               std::uint32_t rank) const;

    std::string m_name;
    ModelPtr m_model;
};

Result<RecommendationList> ModelRecommender::recommend(const Query& query, std::size_t n, TrailLevel level,
                                                       const JobContext& job) const
{
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    const ScoredCatalog catalog = scoreCatalog(*m_model, query);
    RecommendationList list;
    list.candidates = catalog.candidates();
    list.fallback = catalog.reader->fallback();
    list.sources = catalog.reader->sources();
    TopN best(n);
    for (const ItemIndex item : best.select(catalog.scores)) {
        const float score = catalog.scores[item.value];
        list.items.push_back({item, score, {}});
        const auto rank = static_cast<std::uint32_t>(list.items.size());
        if (level == TrailLevel::Full)
            list.items.back().trail = trail(catalog, score, rank + seenBetterThan(catalog, score, item), rank);
    }
    if (level != TrailLevel::None)
        list.dropped = dropped(query, catalog, level);
    return list;
}

std::vector<Dropped> ModelRecommender::dropped(const Query& query, const ScoredCatalog& catalog, TrailLevel level) const
{
    Dropped seen{DropReason::Seen, {}, query.history.size()};
    Dropped unknown{DropReason::NotScorable, {}, 0};
    unknown.count = catalog.scores.size() - catalog.scorable;
    for (const auto& entry : query.history)
        if (entry.item.value < catalog.scores.size() &&
            !std::ranges::binary_search(catalog.seen, entry.item, {}, &Recommendation::item))
            --unknown.count; // already counted as seen
    if (level == TrailLevel::Full) {
        for (const auto& entry : query.history)
            seen.items.push_back(entry.item);
        for (std::uint32_t i = 0; i < catalog.scores.size(); ++i)
            if (std::isnan(catalog.scores[i]) && !inHistory(query, ItemIndex{i}))
                unknown.items.push_back(ItemIndex{i});
    }
    std::vector<Dropped> out;
    for (auto* part : {&seen, &unknown})
        if (part->count > 0)
            out.push_back(std::move(*part));
    return out;
}

// `rank` 0: taken out because it was seen.
std::vector<TrailStep> ModelRecommender::trail(const ScoredCatalog& catalog, float score, std::uint32_t scoredRank,
                                               std::uint32_t rank) const
{
    TrailStep found{Stage::Retrieve, "all items", 0, 0, 0, 0, {}};
    found.why = fmt::format("One of {} in the catalog", counted(catalog.scores.size(), "item"));
    TrailStep ranked{Stage::Rank, m_name, 0, score, 0, scoredRank, {}};
    ranked.why = fmt::format("Place {} of {} by its score", grouped(scoredRank), grouped(catalog.scorable));
    TrailStep seen{Stage::Rules, "already seen", score, score, scoredRank, rank, {}};
    if (rank == 0)
        seen.why = "Taken out: it is already in the history";
    else if (scoredRank == rank)
        seen.why = "Kept: it is not in the history";
    else
        seen.why = fmt::format("Kept, and moved up past {} of the history", counted(scoredRank - rank, "item"));
    return {found, ranked, seen};
}

Result<BulkLists> ModelRecommender::recommendAll(std::span<const Query> queries, std::size_t n,
                                                 const JobContext& job) const
{
    BulkLists lists{n, std::vector<ItemIndex>(queries.size() * n), std::vector<float>(queries.size() * n, cannotScore)};
    const auto done = parallelFor(
        job, queries.size(), queriesPerChunk(m_model->itemCount()),
        [&](std::size_t first, std::size_t last) { fillChunk(queries.subspan(first, last - first), first, lists); });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

void ModelRecommender::fillChunk(std::span<const Query> queries, std::size_t first, BulkLists& lists) const
{
    const std::size_t items = m_model->itemCount();
    const auto buffer = std::make_unique_for_overwrite<float[]>(queries.size() * items);
    const MatrixRef scores{buffer.get(), queries.size(), items};
    m_model->scoreBatch(queries, scores);
    TopN best(lists.n);
    for (std::size_t q = 0; q < queries.size(); ++q) {
        maskSeen(scores.row(q), queries[q].history);
        std::size_t at = (first + q) * lists.n;
        for (const ItemIndex item : best.select(scores.row(q))) {
            lists.items[at] = item;
            lists.scores[at++] = scores.row(q)[item.value];
        }
    }
}

Result<ItemTrace> ModelRecommender::trace(const Query& query, ItemIndex item) const
{
    const ScoredCatalog catalog = scoreCatalog(*m_model, query);
    ItemTrace out{item, cannotScore, 0, catalog.candidates(), {}, {}};
    const bool seen = inHistory(query, item);
    out.score = catalog.scoreOf(item);
    if (!std::isnan(out.score)) {
        const auto place = betterThan(catalog.scores, out.score, item) + 1;
        out.rank = seen ? 0 : place;
        out.trail = trail(catalog, out.score, place + seenBetterThan(catalog, out.score, item), out.rank);
    }
    if (seen)
        out.verdict = "It is already in the history";
    else if (item.value >= catalog.scores.size())
        out.verdict = "The model does not know this item: it is newer than its training";
    else if (out.rank == 0)
        out.verdict = "The model cannot score this item";
    else
        out.verdict = fmt::format("Place {} of {}", grouped(out.rank), grouped(out.candidates));
    return out;
}

Result<Explanation> ModelRecommender::explain(const Query& query, ItemIndex item) const
{
    if (!m_model->capabilities().explains)
        return error(Code::Unsupported, fmt::format("{} gives no reasons", m_name), m_model->capabilities().reason);
    const auto reader = m_model->read(query);
    float score = cannotScore;
    if (item.value < m_model->itemCount())
        reader->score(std::span(&item, 1), std::span(&score, 1));
    if (std::isnan(score))
        return error(Code::NotFound, fmt::format("{} cannot score this item", m_name),
                     "Train it again with the item in the data");
    return reader->explain(item);
}

} // namespace

RecommenderPtr makeModelRecommender(std::string name, ModelPtr model)
{
    return std::make_shared<const ModelRecommender>(std::move(name), std::move(model));
}

} // namespace orrery
