// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel.h"

#include "core/base/parallel.h"
#include "core/base/words.h"
#include "core/pipeline/funnel_words.h"
#include "core/reranking/rule_request.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t queriesPerChunk = 8;

class Stopwatch {
public:
    [[nodiscard]] double ms() const
    {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// A source of the recipe as it is asked; null where it cannot be, and why.
struct ReadySource {
    SourcePtr source;
    std::string why;
};

ModelPtr modelNamed(const std::vector<FunnelPart>& parts, const std::string& name)
{
    const auto found = std::ranges::find(parts, name, &FunnelPart::name);
    return found == parts.end() ? nullptr : found->model;
}

Result<std::vector<ReadySource>> makeSources(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                             const FunnelGround& ground, const JobContext& job)
{
    std::vector<ReadySource> ready;
    for (const SourceChoice& choice : recipe.sources) {
        const bool asksModel = choice.kind == SourceChoice::Kind::Model || choice.kind == SourceChoice::Kind::Recent;
        const ModelPtr model = asksModel ? modelNamed(parts, choice.model) : nullptr;
        if (!choice.on) {
            ready.push_back({nullptr, "switched off"});
        } else if (asksModel && !model) {
            ready.push_back({nullptr, fmt::format("there is no model '{}'", choice.model)});
        } else {
            auto source = ground.source(choice, model, job);
            if (!source)
                return tl::unexpected(source.error());
            ready.push_back({std::move(*source), {}});
        }
    }
    return ready;
}

Result<RankStagePtr> makeRanker(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                const FunnelGround& ground, const LearntRankerPtr& learnt, const JobContext& job)
{
    std::vector<std::string> titles;
    std::vector<float> weights;
    for (const SourceChoice& source : recipe.sources) {
        titles.push_back(titleOf(source));
        weights.push_back(static_cast<float>(source.weight));
    }
    if (recipe.rankBy == RankBy::Learnt && learnt)
        return ground.features(learnt->sources, job).map([&](const std::shared_ptr<const FeatureView>& view) {
            return makeLearntStage(learnt, view, titles);
        });
    if (recipe.rankBy == RankBy::Model)
        if (const ModelPtr model = modelNamed(parts, recipe.rankModel))
            return makeModelStage(recipe.rankModel, model);
    return makeMergedStage(std::move(titles), std::move(weights));
}

/// How likely items at the places of the recipe's sources are used; null where that was not learned of one that is on.
PlaceChancesPtr chancesFor(const FunnelRecipe& recipe, const PlaceChancesPtr& learned)
{
    if (recipe.mergeBy != MergeBy::Chance || !learned)
        return nullptr;
    // A source that is off has no list, so that any chances will do.
    std::vector<std::string> titles;
    for (const SourceChoice& source : recipe.sources)
        titles.push_back(source.on ? titleOf(source) : learned->sources.front());
    return inOrderOf(learned, titles);
}

/// Why the merge is not the one that the recipe asks for; empty where it is.
std::string mergeMissing(const FunnelRecipe& recipe, const FunnelLearning& learning, const PlaceChancesPtr& chances)
{
    if (recipe.mergeBy != MergeBy::Chance || chances)
        return {};
    return learning.merge ? "a source is new since the merge was learned"
                          : "how often the sources are right was not learned";
}

/// Why the ranker is not the one that the recipe asks for; empty where it is.
std::string rankerMissing(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                          const LearntRankerPtr& learnt)
{
    if (recipe.rankBy == RankBy::Learnt && !learnt)
        return "the ranker has not been trained";
    if (recipe.rankBy == RankBy::Model && !modelNamed(parts, recipe.rankModel))
        return fmt::format("there is no model '{}'", recipe.rankModel);
    return {};
}

class RecipeFunnel final : public Funnel {
public:
    RecipeFunnel(FunnelRecipe recipe, std::vector<FunnelPart> parts, std::shared_ptr<const FunnelGround> ground,
                 std::vector<ReadySource> sources, FunnelLearning learning, RankStagePtr ranker,
                 std::shared_ptr<const Reranker> reranker)
        : m_recipe(std::move(recipe)), m_parts(std::move(parts)), m_ground(std::move(ground)),
          m_sources(std::move(sources)), m_rankerMissing(rankerMissing(m_recipe, m_parts, learning.ranker)),
          m_learning(std::move(learning)), m_placeChances(chancesFor(m_recipe, m_learning.merge)),
          m_mergeMissing(mergeMissing(m_recipe, m_learning, m_placeChances)), m_ranker(std::move(ranker)),
          m_reranker(std::move(reranker))
    {
        for (const SourceChoice& source : m_recipe.sources)
            m_weights.push_back(static_cast<float>(source.weight));
    }

    [[nodiscard]] const FunnelRecipe& recipe() const override { return m_recipe; }
    [[nodiscard]] const std::vector<FunnelPart>& parts() const override { return m_parts; }
    [[nodiscard]] const std::shared_ptr<const FunnelGround>& ground() const override { return m_ground; }
    [[nodiscard]] const RankStagePtr& ranker() const override { return m_ranker; }
    [[nodiscard]] MergeBy mergedBy() const override
    {
        return m_mergeMissing.empty() ? m_recipe.mergeBy : MergeBy::ReciprocalRank;
    }
    [[nodiscard]] const FunnelLearning& learning() const override { return m_learning; }
    [[nodiscard]] const Reranker& reranker() const override { return *m_reranker; }

    [[nodiscard]] const std::string& name() const override { return m_recipe.name; }
    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] Scale scale() const override { return Scale::Rank; }
    [[nodiscard]] ModelPtr model() const override { return m_ranker->model() ? m_ranker->model() : firstModel(); }

    [[nodiscard]] Result<FunnelRun> run(const Query& query, std::size_t n, TrailLevel level,
                                        const JobContext& job) const override;
    [[nodiscard]] Result<Candidates> candidatesOf(const Query& query, const JobContext& job) const override;
    [[nodiscard]] Result<BeforeRules> beforeRules(std::span<const Query> queries, const JobContext& job) const override;
    [[nodiscard]] RuleRequest requestOf(const Query& query) const override;

    [[nodiscard]] Result<RecommendationList> recommend(const Query& query, std::size_t n, TrailLevel level,
                                                       const JobContext& job) const override;
    [[nodiscard]] Result<BulkLists> recommendAll(std::span<const Query> queries, std::size_t n,
                                                 const JobContext& job) const override;
    [[nodiscard]] Result<ItemTrace> trace(const Query& query, ItemIndex item) const override;
    [[nodiscard]] Result<Explanation> explain(const Query& query, ItemIndex item) const override;
    void predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const override;

private:
    [[nodiscard]] ModelPtr firstModel() const;
    [[nodiscard]] Status retrieve(const Query& query, const JobContext& job, FunnelRun& run) const;
    void rank(FunnelRun& run) const;
    void rerank(FunnelRun& run, std::size_t n, TrailLevel level) const;

    FunnelRecipe m_recipe;
    std::vector<FunnelPart> m_parts;
    std::shared_ptr<const FunnelGround> m_ground;
    std::vector<ReadySource> m_sources;
    std::vector<float> m_weights;
    std::string m_rankerMissing;
    FunnelLearning m_learning;
    PlaceChancesPtr m_placeChances; ///< aligned with the recipe's sources
    std::string m_mergeMissing;
    RankStagePtr m_ranker;
    std::shared_ptr<const Reranker> m_reranker;
};

ModelPtr RecipeFunnel::firstModel() const
{
    for (const std::string& name : modelsOf(m_recipe))
        if (ModelPtr model = modelNamed(m_parts, name))
            return model;
    return nullptr;
}

Capabilities RecipeFunnel::capabilities() const
{
    Capabilities can;
    can.personal =
        std::ranges::any_of(m_parts, [](const FunnelPart& part) { return part.model->capabilities().personal; });
    const ModelPtr shown = model();
    can.similarItems = shown && shown->capabilities().similarItems;
    can.similarPeople = shown && shown->capabilities().similarPeople;
    can.context = true;
    can.facts = true;
    can.explains = !m_ranker->model() || m_ranker->model()->capabilities().explains;
    if (!can.explains)
        can.reason = m_ranker->model()->capabilities().reason;
    return can;
}

RuleRequest RecipeFunnel::requestOf(const Query& query) const { return ruleRequestFor(*m_ground->catalog(), query); }

Status RecipeFunnel::retrieve(const Query& query, const JobContext& job, FunnelRun& run) const
{
    const Stopwatch watch;
    std::vector<ItemIndex> without;
    if (!m_recipe.again)
        for (const HistoryEntry& entry : query.history)
            without.push_back(entry.item);
    std::vector<std::vector<Found>> lists(m_sources.size());
    run.sources.resize(m_sources.size());
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, m_sources.size(), 1, [&](std::size_t first, std::size_t) {
        SourceReport& report = run.sources[first];
        const SourceChoice& choice = m_recipe.sources[first];
        report.title = titleOf(choice);
        report.why = m_sources[first].why;
        if (m_recipe.budgets.retrieve > 0 && watch.ms() > m_recipe.budgets.retrieve)
            report.why = fmt::format("out of time: {:.4g} ms are over", m_recipe.budgets.retrieve);
        if (!report.why.empty())
            return;
        const Stopwatch own;
        if (auto found = m_sources[first].source->find(query, without, static_cast<std::size_t>(choice.most), single))
            lists[first] = std::move(*found);
        report.how = m_sources[first].source->how();
        report.ms = own.ms();
        if (lists[first].empty())
            report.why = "it has nothing for this question";
    });
    if (!done)
        return done;
    run.candidates = merge(lists, m_weights, m_recipe.mergeBy, static_cast<std::size_t>(m_recipe.keep), m_placeChances);
    run.mergeFallback = m_mergeMissing;
    for (std::size_t source = 0; source < lists.size(); ++source) {
        run.sources[source].found = run.candidates.found[source];
        run.sources[source].only = run.candidates.only[source];
    }
    for (std::size_t at = 0; at < run.candidates.places.size(); ++at)
        run.sources[at % lists.size()].kept += run.candidates.places[at] > 0 ? 1 : 0;
    run.retrieveMs = watch.ms();
    return {};
}

void RecipeFunnel::rank(FunnelRun& run) const
{
    const Stopwatch watch;
    run.ranked = m_ranker->rank(run.request.query, run.candidates, m_recipe.budgets.rank);
    if (run.ranked.fallback.empty())
        run.ranked.fallback = m_rankerMissing;
    run.scores = scoresBy(m_recipe.objectives, *m_ground->catalog(), run.candidates, run.ranked);
    run.rankMs = watch.ms();
}

/// Places of the candidates by score, ties by item.
std::vector<std::uint32_t> placesBy(const std::vector<float>& scores, const std::vector<ItemIndex>& items)
{
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::erase_if(order, [&](std::uint32_t i) { return std::isnan(scores[i]); });
    std::ranges::sort(
        order, [&](auto a, auto b) { return scores[a] != scores[b] ? scores[a] > scores[b] : items[a] < items[b]; });
    std::vector<std::uint32_t> places(scores.size(), 0);
    for (std::size_t at = 0; at < order.size(); ++at)
        places[order[at]] = static_cast<std::uint32_t>(at + 1);
    return places;
}

void RecipeFunnel::rerank(FunnelRun& run, std::size_t n, TrailLevel level) const
{
    const Stopwatch watch;
    run.list = m_reranker->rerank(run.forRules(), run.request, n, level == TrailLevel::None ? nullptr : &run.trail);
    run.rulesMs = watch.ms();
    if (level == TrailLevel::None)
        return;
    run.rankPlaces = placesBy(run.scores, run.candidates.items);
    for (const Reranked& one : run.list)
        if (one.candidate < run.candidates.size())
            for (std::size_t source = 0; source < run.candidates.sources; ++source)
                run.sources[source].listed += run.candidates.placesOf(one.candidate)[source] > 0 ? 1 : 0;
}

Result<FunnelRun> RecipeFunnel::run(const Query& query, std::size_t n, TrailLevel level, const JobContext& job) const
{
    FunnelRun run;
    run.request = requestOf(query);
    if (const auto done = retrieve(query, job, run); !done)
        return tl::unexpected(done.error());
    rank(run);
    rerank(run, n, level);
    return run;
}

Result<Candidates> RecipeFunnel::candidatesOf(const Query& query, const JobContext& job) const
{
    FunnelRun run;
    return retrieve(query, job, run).map([&run] { return std::move(run.candidates); });
}

Result<Funnel::BeforeRules> RecipeFunnel::beforeRules(std::span<const Query> queries, const JobContext& job) const
{
    BeforeRules out{std::vector<std::vector<Candidate>>(queries.size()), std::vector<RuleRequest>(queries.size())};
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), queriesPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last && !job.cancelled(); ++q) {
            FunnelRun run;
            run.request = requestOf(queries[q]);
            if (!retrieve(queries[q], single, run))
                continue;
            rank(run);
            out.candidates[q] = run.forRules();
            out.requests[q] = std::move(run.request);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return out;
}

Result<RecommendationList> RecipeFunnel::recommend(const Query& query, std::size_t n, TrailLevel level,
                                                   const JobContext& job) const
{
    const auto run = this->run(query, n, level, job);
    if (!run)
        return tl::unexpected(run.error());
    return listOf(*this, *run, level);
}

Result<BulkLists> RecipeFunnel::recommendAll(std::span<const Query> queries, std::size_t n, const JobContext& job) const
{
    BulkLists lists{n, std::vector<ItemIndex>(queries.size() * n),
                    std::vector<float>(queries.size() * n, std::numeric_limits<float>::quiet_NaN())};
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), queriesPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last && !job.cancelled(); ++q) {
            const auto run = this->run(queries[q], n, TrailLevel::None, single);
            for (std::size_t place = 0; run && place < run->list.size(); ++place) {
                lists.items[q * n + place] = run->list[place].item;
                lists.scores[q * n + place] = run->list[place].score;
            }
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

Result<ItemTrace> RecipeFunnel::trace(const Query& query, ItemIndex item) const
{
    const auto run = this->run(query, static_cast<std::size_t>(m_recipe.keep), TrailLevel::Full, JobContext());
    if (!run)
        return tl::unexpected(run.error());
    return traceOf(*this, *run, item);
}

Result<Explanation> RecipeFunnel::explain(const Query& query, ItemIndex item) const
{
    const auto run = this->run(query, static_cast<std::size_t>(m_recipe.keep), TrailLevel::Full, JobContext());
    if (!run)
        return tl::unexpected(run.error());
    return explanationOf(*this, *run, item);
}

void RecipeFunnel::predict(const Query& query, std::span<const ItemIndex> items, std::span<float> out) const
{
    std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
    const auto run = this->run(query, static_cast<std::size_t>(m_recipe.keep), TrailLevel::None, JobContext());
    if (!run)
        return;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (const auto found = std::ranges::find(run->list, items[i], &Reranked::item); found != run->list.end())
            out[i] = found->score;
}

} // namespace

std::vector<Candidate> FunnelRun::forRules() const
{
    std::vector<Candidate> out;
    out.reserve(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i)
        out.push_back({candidates.items[i], scores[i]});
    return out;
}

Result<std::shared_ptr<const Funnel>> Funnel::open(FunnelRecipe recipe, std::vector<FunnelPart> parts,
                                                   std::shared_ptr<const FunnelGround> ground, const JobContext& job,
                                                   FunnelLearning learning)
{
    if (recipe.sources.empty())
        return error(Code::InvalidArgument, "The recipe has no source", "Add a model, or what is most used");
    std::erase_if(parts, [](const FunnelPart& part) { return part.model == nullptr; });
    auto sources = makeSources(recipe, parts, *ground, job);
    if (!sources)
        return tl::unexpected(sources.error());
    auto reranker = Reranker::make(recipe.rules, ground->catalog());
    if (!reranker)
        return tl::unexpected(reranker.error());
    auto ranker = makeRanker(recipe, parts, *ground, learning.ranker, job);
    if (!ranker)
        return tl::unexpected(ranker.error());
    return std::make_shared<const RecipeFunnel>(std::move(recipe), std::move(parts), std::move(ground),
                                                std::move(*sources), std::move(learning), std::move(*ranker),
                                                std::move(*reranker));
}

const Funnel* funnelOf(const Recommender* recommender) { return dynamic_cast<const Funnel*>(recommender); }

} // namespace orrery
