// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/evaluator.h"
#include "core/models/artifact.h"
#include "core/models/catalogue.h"

#include <cmath>
#include <cstring>
#include <string>

#include <benchmark/benchmark.h>

// Full ranking of 6,000 people on 3,700 items, six metrics with their intervals: a factor model of 64 factors, what all
// but the scoring costs, and the bootstrap alone.

namespace {

using namespace orrery;

constexpr std::size_t people = 6'000;
constexpr std::size_t items = 3'700;
constexpr auto sixMetrics = "ndcg@10,recall@10,precision@10,map@10,mrr@10,hit-rate@10";

std::shared_ptr<const Vocabulary> numbered(std::size_t count)
{
    Vocabulary names;
    for (std::size_t i = 0; i < count; ++i)
        names.add(std::to_string(i));
    return std::make_shared<const Vocabulary>(std::move(names));
}

/// Ratings of MovieLens 1M's size; squares favour low indices, as popular items and busy people are favoured.
Split ratings()
{
    Rng rng(1);
    EventLog log;
    const auto draw = [&](std::size_t n) {
        return static_cast<std::uint32_t>(std::pow(rng.uniform(), 2) * static_cast<double>(n));
    };
    for (std::size_t n = 0; n < 1'150'000; ++n)
        log.append({UserIndex{draw(people)}, ItemIndex{draw(items)}, static_cast<float>(1 + rng.below(5))});
    DatasetParts parts;
    parts.name = "random";
    parts.ratingLow = 1;
    parts.ratingHigh = 5;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = numbered(people);
    parts.itemIds = numbered(items);
    SplitPlan plan;
    plan.kind = SplitKind::Random;
    Split split = *makeSplit(std::make_shared<const Dataset>(std::move(parts)), plan);
    (void)split.train->interactions();
    (void)split.test->interactions();
    return split;
}

const Split& split()
{
    static const Split made = ratings();
    return made;
}

/// Gives everybody the same scores, at the price of a copy.
class CopyingModel final : public Model {
public:
    CopyingModel()
    {
        Rng rng(2);
        for (float& score : m_scores)
            score = static_cast<float>(rng.normal());
    }
    [[nodiscard]] std::unique_ptr<Reader> read(const Query&) const override { return nullptr; }
    void scoreBatch(std::span<const Query> queries, MatrixRef out) const override
    {
        for (std::size_t q = 0; q < queries.size(); ++q)
            std::memcpy(out.row(q).data(), m_scores.data(), m_scores.size() * sizeof(float));
    }
    [[nodiscard]] Scale scale() const override { return Scale::Preference; }
    [[nodiscard]] std::size_t itemCount() const override { return m_scores.size(); }
    void save(Artifact&) const override {}

private:
    std::vector<float> m_scores = std::vector<float>(items);
};

void measure(benchmark::State& state, const ModelPtr& model)
{
    const auto recommender = makeModelRecommender("Model", model);
    Protocol protocol;
    protocol.metrics = *parseMetrics(sixMetrics);
    const JobContext job({1, static_cast<int>(state.range(0))});
    for (auto _ : state) {
        const auto report = evaluate(split(), *recommender, protocol, job);
        state.counters["people"] = static_cast<double>(report->rankedPeople);
        state.counters["NDCG@10"] = report->values[0].mean;
    }
}

void evaluateFactorModel(benchmark::State& state)
{
    static const ModelPtr model = [] {
        ParamSet params;
        params.set("iterations", std::int64_t{2}); // its speed does not depend on how well it has learned
        return train(*findAlgorithm("implicit-als"), {split().train}, params, {}).value();
    }();
    measure(state, model);
}
BENCHMARK(evaluateFactorModel)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void evaluateWithoutScoring(benchmark::State& state) { measure(state, std::make_shared<const CopyingModel>()); }
BENCHMARK(evaluateWithoutScoring)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void bootstrapSixMetrics(benchmark::State& state)
{
    PeopleSums sums(people, 6);
    Rng rng(3);
    for (std::size_t person = 0; person < people; ++person) {
        sums.setWeight(person, 1);
        for (std::size_t metric = 0; metric < 6; ++metric)
            sums.set(person, metric, rng.uniform());
    }
    const JobContext job({1, static_cast<int>(state.range(0))});
    for (auto _ : state)
        benchmark::DoNotOptimize(sums.resampled(1, 1'000, job));
}
BENCHMARK(bootstrapSixMetrics)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

} // namespace
