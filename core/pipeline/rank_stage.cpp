// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/rank_stage.h"

#include "core/pipeline/funnel_recipe.h"
#include "core/reranking/mmr.h"
#include "core/reranking/reranker.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr float cannotScore = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t diversityPool = 200;

double msSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Of a candidate for which the merged score stands in.
Explanation asMerged(const Candidates& candidates, std::size_t candidate)
{
    const auto score = static_cast<double>(candidates.merged[candidate]);
    return {{{TermKind::Part, {}, "as merged", score, {}}}, score};
}

class MergedStage final : public RankStage {
public:
    MergedStage(std::vector<std::string> titles, std::vector<float> weights)
        : m_titles(std::move(titles)), m_weights(std::move(weights))
    {
    }

    [[nodiscard]] const std::string& title() const override { return m_title; }
    [[nodiscard]] Ranked rank(const Query&, const Candidates& candidates, double) const override
    {
        return {candidates.merged, {}, {}, {}};
    }
    [[nodiscard]] Explanation explain(const Query&, const Candidates& candidates, const Ranked& ranked,
                                      std::size_t candidate) const override
    {
        Explanation out{{}, static_cast<double>(ranked.scores[candidate])};
        for (std::size_t source = 0; source < candidates.sources; ++source)
            if (const std::uint16_t place = candidates.placesOf(candidate)[source]; place > 0)
                out.terms.push_back({TermKind::Part,
                                     {},
                                     labelOf(candidates, source, place),
                                     static_cast<double>(m_weights[source]) *
                                         candidates.shareOf(source, place, candidates.scoresOf(candidate)[source]),
                                     {}});
        return out;
    }

private:
    /// "Item kNN: place 3", "Item kNN: place 3, used in 2.1 % of visits"
    [[nodiscard]] std::string labelOf(const Candidates& candidates, std::size_t source, std::uint16_t place) const
    {
        if (candidates.by != MergeBy::Chance)
            return fmt::format("{}: place {}", m_titles[source], place);
        return fmt::format("{}: place {}, used in {:.2g} % of visits", m_titles[source], place,
                           100 * candidates.placeChances->at(source, place));
    }

    std::string m_title = "as merged";
    std::vector<std::string> m_titles;
    std::vector<float> m_weights;
};

class ModelStage final : public RankStage {
public:
    ModelStage(std::string name, ModelPtr model) : m_name(std::move(name)), m_model(std::move(model)) {}

    [[nodiscard]] const std::string& title() const override { return m_name; }
    [[nodiscard]] ModelPtr model() const override { return m_model; }
    [[nodiscard]] Ranked rank(const Query& query, const Candidates& candidates, double budget) const override
    {
        const auto start = std::chrono::steady_clock::now();
        Ranked out{std::vector<float>(candidates.size(), cannotScore), {}, {}, {}};
        m_model->read(query)->score(candidates.items, out.scores);
        if (budget <= 0 || msSince(start) <= budget)
            return out;
        return {candidates.merged, {}, fmt::format("{} took longer than {:.4g} ms", m_name, budget), {}};
    }
    [[nodiscard]] Explanation explain(const Query& query, const Candidates& candidates, const Ranked& ranked,
                                      std::size_t candidate) const override
    {
        if (!ranked.fallback.empty())
            return asMerged(candidates, candidate);
        return m_model->read(query)->explain(candidates.items[candidate]);
    }

private:
    std::string m_name;
    ModelPtr m_model;
};

std::vector<float> discountsOf(const Candidates& candidates, const std::vector<float>& scores)
{
    std::vector<Candidate> list;
    for (std::size_t i = 0; i < scores.size(); ++i)
        list.push_back({candidates.items[i], scores[i]});
    return placeScores(list);
}

// Margins may be below 0: of what is not known, nothing is expected.
std::vector<float> expectedMargins(const RuleCatalog& catalog, const Candidates& candidates, const Ranked& ranked)
{
    const std::vector<float>& bought = ranked.chances[2];
    std::vector<float> out = bought.empty() ? discountsOf(candidates, ranked.scores) : bought;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float margin = catalog.marginOf(candidates.items[i]);
        out[i] *= std::isnan(margin) ? 0 : margin;
    }
    return out;
}

/// One part of its seller's candidates: the fewer of them, the larger; nobody's items are nobody's gain.
std::vector<float> smallness(const RuleCatalog& catalog, const Candidates& candidates)
{
    std::vector<std::size_t> itemsOf(catalog.groupCount(ItemGroup::Seller), 0);
    for (const ItemIndex item : candidates.items)
        if (const std::uint32_t seller = catalog.groupOf(ItemGroup::Seller, item); seller != noGroup)
            ++itemsOf[seller];
    std::vector<float> out;
    for (const ItemIndex item : candidates.items) {
        const std::uint32_t seller = catalog.groupOf(ItemGroup::Seller, item);
        out.push_back(seller == noGroup ? 0 : 1 / static_cast<float>(itemsOf[seller]));
    }
    return out;
}

/// Scores of the first of the order given out again in the order in which MMR chooses.
void diversify(const RuleCatalog& catalog, const Candidates& candidates, double lambda, std::vector<float>& scores)
{
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::erase_if(order, [&](std::uint32_t i) { return std::isnan(scores[i]); });
    const std::size_t pool = std::min(diversityPool, order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(pool), [&](auto a, auto b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : candidates.items[a] < candidates.items[b];
    });
    order.resize(pool);
    if (pool == 0 || scores[order.front()] <= 0)
        return;
    std::vector<ItemIndex> items;
    std::vector<float> relevance, given;
    for (const std::uint32_t i : order) {
        items.push_back(candidates.items[i]);
        relevance.push_back(scores[i] / scores[order.front()]);
        given.push_back(scores[i]);
    }
    const auto chosen = mmrOrder(catalog, DiversityRule::By::Vectors, items, relevance, lambda, pool);
    for (std::size_t place = 0; place < chosen.size(); ++place)
        scores[order[chosen[place]]] = given[place];
}

} // namespace

RankStagePtr makeMergedStage(std::vector<std::string> titles, std::vector<float> weights)
{
    return std::make_shared<MergedStage>(std::move(titles), std::move(weights));
}

RankStagePtr makeModelStage(std::string name, ModelPtr model)
{
    return std::make_shared<ModelStage>(std::move(name), std::move(model));
}

std::vector<float> scoresBy(const Objectives& objectives, const RuleCatalog& catalog, const Candidates& candidates,
                            const Ranked& ranked)
{
    const Objectives relevanceAlone{objectives.relevance};
    if (objectives == relevanceAlone)
        return ranked.scores;
    std::vector<float> sum(candidates.size(), 0);
    double weights = 0;
    const auto add = [&](double weight, const std::vector<float>& scores) {
        if (weight <= 0 || scores.empty())
            return;
        weights += weight;
        const std::vector<float> discounts = discountsOf(candidates, scores);
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += static_cast<float>(weight) * discounts[i];
    };
    add(objectives.relevance, ranked.scores);
    add(objectives.click, ranked.chances[0]);
    add(objectives.cart, ranked.chances[1]);
    add(objectives.purchase, ranked.chances[2]);
    if (objectives.margin > 0)
        add(objectives.margin, expectedMargins(catalog, candidates, ranked));
    if (objectives.sellers > 0)
        add(objectives.sellers, smallness(catalog, candidates));
    if (weights <= 0)
        sum = discountsOf(candidates, ranked.scores);
    for (std::size_t i = 0; i < sum.size(); ++i)
        if (std::isnan(ranked.scores[i]))
            sum[i] = cannotScore;
    if (objectives.diversity > 0)
        diversify(catalog, candidates, 1 - objectives.diversity / (objectives.diversity + std::max(weights, 1e-9)),
                  sum);
    return sum;
}

} // namespace orrery
