// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"

#include <cmath>
#include <string>

#include <benchmark/benchmark.h>

// Item kNN: training on ratings of MovieLens 1M's shape, and what an edit of a history costs on a catalog of 10,000.

namespace {

using namespace orrery;

std::shared_ptr<const Vocabulary> numbered(std::size_t count)
{
    Vocabulary names;
    for (std::size_t i = 0; i < count; ++i)
        names.add(std::to_string(i));
    return std::make_shared<const Vocabulary>(std::move(names));
}

/// About `ratings` ratings; squares favour low indices, as popular items and busy people are favoured.
std::shared_ptr<const Dataset> randomRatings(std::size_t people, std::size_t items, std::size_t ratings)
{
    Rng rng(1);
    EventLog log;
    const auto draw = [&](std::size_t n) {
        return static_cast<std::uint32_t>(std::pow(rng.uniform(), 2) * static_cast<double>(n));
    };
    for (std::size_t n = 0; n < ratings; ++n)
        log.append({UserIndex{draw(people)}, ItemIndex{draw(items)}, static_cast<float>(1 + rng.below(5))});
    DatasetParts parts;
    parts.name = "random";
    parts.ratingLow = 1;
    parts.ratingHigh = 5;
    parts.log = std::make_shared<const EventLog>(std::move(log));
    parts.personIds = numbered(people);
    parts.itemIds = numbered(items);
    auto dataset = std::make_shared<const Dataset>(std::move(parts));
    (void)dataset->interactions();
    return dataset;
}

ModelPtr fit(const std::shared_ptr<const Dataset>& dataset, int threads)
{
    return train(*findAlgorithm("item-knn"), {dataset}, {}, JobContext({1, threads})).value();
}

void fitMovieLens1M(benchmark::State& state)
{
    const auto dataset = randomRatings(6'040, 3'706, 1'150'000); // 1.0 million are left without duplicates
    double pairs = 0;                                            // of cells of one person: what training walks through
    for (std::uint32_t user = 0; user < dataset->personCount(); ++user)
        pairs += std::pow(dataset->interactions().row(UserIndex{user}).size(), 2);
    for (auto _ : state)
        benchmark::DoNotOptimize(fit(dataset, static_cast<int>(state.range(0))));
    state.counters["ratings"] = static_cast<double>(dataset->interactions().size());
    state.counters["pairs/s"] = benchmark::Counter(pairs, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["estimate s"] = findAlgorithm("item-knn")->estimate(dataset->shape(), {}).seconds;
}
BENCHMARK(fitMovieLens1M)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

/// The history changes, every item of the catalog gets its new score.
void whatIf10kItems(benchmark::State& state)
{
    static const auto dataset = randomRatings(6'000, 10'000, 600'000);
    static const ModelPtr model = fit(dataset, 0);
    Query query = queryFor(*dataset, UserIndex{2'000});
    query.history.resize(std::min<std::size_t>(query.history.size(), static_cast<std::size_t>(state.range(0))));
    std::vector<float> scores(model->itemCount());
    for (auto _ : state) {
        query.history.front().value = 6 - query.history.front().value;
        model->read(query)->scoreAll(scores);
        benchmark::DoNotOptimize(scores.data());
    }
    state.counters["history"] = static_cast<double>(query.history.size());
}
BENCHMARK(whatIf10kItems)->Arg(10)->Arg(1'000)->Unit(benchmark::kMicrosecond);

} // namespace
