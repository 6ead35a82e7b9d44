// SPDX-License-Identifier: GPL-3.0-or-later
// One person's way through a funnel over a million items: five sources, 1,000 candidates, trees over features, twelve
// rules; stage by stage on one core, and requests a second on all. One JSON line a case.
//
//     funnel_bench [items] [people] [events]
#include "benchmarks/shop.h"
#include "core/base/parallel.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel.h"
#include "core/ranking/gbdt.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

using namespace orrery;

namespace {

constexpr Timestamp day = bench::day, start = bench::shopOpens;
constexpr std::size_t questions = 400, shownItems = 20, trainingQuestions = 40;
constexpr int trees = 300;
constexpr int proposed = 400; ///< by each source: they overlap, and 1,000 are to be kept

struct Size {
    std::uint32_t items, people, events;
};

std::shared_ptr<const Dataset> shopOf(const Size& size)
{
    Rng rng(seedFor(1, "funnel.bench"));
    EventLog log;
    log.reserve(size.events, true);
    for (std::uint32_t e = 0; e < size.events; ++e) {
        Event event;
        event.user = UserIndex{static_cast<std::uint32_t>(rng.below(size.people))};
        event.item = ItemIndex{static_cast<std::uint32_t>(size.items * std::pow(rng.uniform(), 3))};
        event.kind = e % 10 == 0 ? EventKind::Purchase : e % 7 == 0 ? EventKind::Cart : EventKind::View;
        event.at = start + static_cast<Timestamp>(rng.below(365 * day));
        log.append(event);
    }
    return bench::shopOf(size.people, {.items = size.items}, std::move(log), rng);
}

FunnelPart part(const char* algorithm, const std::shared_ptr<const Dataset>& dataset,
                const std::vector<std::string>& settings)
{
    const Algorithm& declared = *findAlgorithm(algorithm);
    const ParamSet params = parseAssignments(declared.params, settings).value();
    return {algorithm, *train(declared, {dataset}, params, JobContext()), &declared, params, 1};
}

RuleSet twelveRules()
{
    RuleSet rules = usualRules();
    rules.rules.push_back({FreshnessRule{200}});
    rules.rules.push_back({BuryRule{"price > 190"}});
    rules.rules.push_back({DiversityRule{}});
    rules.rules.push_back({CalibrationRule{}});
    return rules;
}

/// Full trees over real rows; what they learn does not matter here.
LearntRankerPtr rankerOf(const Funnel& funnel, const std::vector<Query>& asked)
{
    LearntRanker ranker;
    for (const SourceChoice& source : funnel.recipe().sources)
        ranker.sources.push_back(titleOf(source));
    const auto view = *funnel.ground()->features(ranker.sources, JobContext());
    std::vector<Candidates> found;
    std::size_t rows = 0;
    for (std::size_t q = 0; q < trainingQuestions; ++q) {
        found.push_back(*funnel.candidatesOf(asked[q], JobContext()));
        rows += found.back().size();
    }
    TrainingRows training;
    training.features = Matrix(rows, view->width());
    Rng rng(2);
    std::size_t at = 0;
    for (std::size_t q = 0; q < trainingQuestions; ++q) {
        const std::size_t count = found[q].size();
        training.groupStarts.push_back(static_cast<std::uint32_t>(at));
        view->fill({asked[q]}, found[q], {training.features.row(at).data(), count, view->width()});
        at += count;
    }
    training.groupStarts.push_back(static_cast<std::uint32_t>(at));
    for (std::size_t row = 0; row < rows; ++row)
        training.labels.push_back(rng.below(4) == 0 ? 1.F : 0.F);
    GbdtParams params;
    params.trees = trees;
    params.minChildWeight = .01F;
    ranker.relevance = std::move(trainTrees(training, {}, params, JobContext())->trees);
    ranker.training =
        *snapshotOf(view->version(), view->features(), {training.features.view(), training.groupStarts}, JobContext());
    return std::make_shared<const LearntRanker>(std::move(ranker));
}

void print(const char* what, std::vector<double> ms)
{
    std::ranges::sort(ms);
    std::printf("{\"what\": \"%s\", \"median_ms\": %.2f, \"p95_ms\": %.2f, \"p99_ms\": %.2f, \"worst_ms\": %.2f}\n",
                what, ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms[ms.size() * 99 / 100], ms.back());
    std::fflush(stdout);
}

void measureStages(const Funnel& funnel, const std::vector<Query>& asked)
{
    std::vector<double> retrieve, rank, rules, all;
    std::vector<std::vector<double>> sources(funnel.recipe().sources.size());
    std::size_t candidates = 0;
    const JobContext single({1, 1});
    for (const Query& query : asked) {
        const auto run = *funnel.run(query, shownItems, TrailLevel::None, single);
        retrieve.push_back(run.retrieveMs);
        rank.push_back(run.rankMs);
        rules.push_back(run.rulesMs);
        all.push_back(run.retrieveMs + run.rankMs + run.rulesMs);
        for (std::size_t source = 0; source < sources.size(); ++source)
            sources[source].push_back(run.sources[source].ms);
        candidates += run.candidates.size();
        if (!run.ranked.fallback.empty())
            std::printf("{\"fallback\": \"%s\"}\n", run.ranked.fallback.c_str());
    }
    std::printf("{\"what\": \"candidates\", \"mean\": %.0f}\n", double(candidates) / double(asked.size()));
    for (std::size_t source = 0; source < sources.size(); ++source)
        print(titleOf(funnel.recipe().sources[source]).c_str(), sources[source]);
    print("retrieve", retrieve);
    print("rank", rank);
    print("rules", rules);
    print("all", all);
}

void measureThroughput(const Funnel& funnel, const std::vector<Query>& asked, int threads)
{
    const auto begun = std::chrono::steady_clock::now();
    const auto lists = funnel.recommendAll(asked, shownItems, JobContext({1, threads}));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("{\"what\": \"requests a second\", \"threads\": %d, \"value\": %.0f, \"lists\": %zu}\n", threads,
                double(asked.size()) / took.count(), lists->items.size() / shownItems);
}

} // namespace

int main(int argc, char** argv)
{
    const auto given = [&](int i, std::uint32_t usual) {
        return argc > i ? static_cast<std::uint32_t>(std::atoi(argv[i])) : usual;
    };
    const Size size{given(1, 1'000'000), given(2, 200'000), given(3, 5'000'000)};
    const auto dataset = shopOf(size);
    std::vector<FunnelPart> parts{part("implicit-als", dataset, {"factors=64", "iterations=2"}),
                                  part("bpr", dataset, {"factors=64", "epochs=1"}), part("item-knn", dataset, {})};
    const auto ground = *FunnelGround::open(dataset, JobContext());
    FunnelRecipe recipe = usualFunnel(std::vector<std::string>{"implicit-als", "bpr", "item-knn"});
    for (SourceChoice& source : recipe.sources)
        source.most = proposed;
    recipe.rules = twelveRules();
    const auto merged = *Funnel::open(recipe, parts, ground, JobContext());
    std::vector<Query> asked;
    Rng rng(3);
    while (asked.size() < questions)
        asked.push_back(
            ground->events()->queryAt(UserIndex{static_cast<std::uint32_t>(rng.below(size.people))}, endOfTime));
    recipe.rankBy = RankBy::Learnt;
    const auto funnel = *Funnel::open(recipe, parts, ground, JobContext(), {rankerOf(*merged, asked)});
    (void)funnel->run(asked.front(), shownItems, TrailLevel::None, JobContext()); // lists of the moment are made once
    measureStages(*funnel, asked);
    for (const int threads : {1, 2})
        measureThroughput(*funnel, asked, threads);
}
