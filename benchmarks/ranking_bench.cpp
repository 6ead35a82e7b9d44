// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmarks/cells_csv.h"
#include "core/models/implicit/ranking_trainer.h"

#include <cstdlib>
#include <fstream>
#include <span>

#include <benchmark/benchmark.h>

// Learning to rank by stochastic gradient descent: an epoch by number of factors and threads. The data is the CSV file
// (user,item with a header line) that ORRERY_BENCH_CSV names, as for benchmarks/peers/implicit_bpr.py, or else
// random cells of MovieLens 1M's shape. Every cell is liked. ORRERY_BENCH_FACTORS names a file for the last factors:
// raw float32, [people x factors], [items x factors], [items].

namespace {

using namespace orrery;

constexpr int epochs = 20;

const als::Cells& cells()
{
    static const als::Cells loaded = bench::loadCells(1);
    return loaded;
}

void write(const implicit::RankingFactors& factors)
{
    const char* path = std::getenv("ORRERY_BENCH_FACTORS");
    if (!path)
        return;
    std::ofstream file(path, std::ios::binary);
    for (const auto values : {factors.people.all(), factors.items.all(), std::span<const float>(factors.itemBias)})
        file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
}

void run(benchmark::State& state, implicit::RankingConfig config)
{
    const JobContext job({1, static_cast<int>(state.range(1))});
    (void)cells();
    config.factors = static_cast<int>(state.range(0));
    config.epochs = epochs;
    implicit::RankingFactors factors;
    for ([[maybe_unused]] auto _ : state)
        factors = implicit::trainRanking(cells(), config, job).value();
    write(factors);
    state.counters["seconds_per_epoch"] =
        benchmark::Counter(epochs, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["cells"] = static_cast<double>(cells().size());
}

/// The peer draws what was not liked as often as it is liked, too.
void bpr(benchmark::State& state)
{
    run(state, {.negatives = implicit::Negatives::Popular, .learningRate = .05F, .regularization = .01F});
}

void uniformBpr(benchmark::State& state) { run(state, {.learningRate = .05F, .regularization = .01F}); }

void warp(benchmark::State& state)
{
    run(state, {.loss = implicit::RankingLoss::Warp, .learningRate = .05F, .regularization = .01F});
}

void logistic(benchmark::State& state)
{
    run(state, {.loss = implicit::RankingLoss::Logistic, .learningRate = .02F, .regularization = .01F});
}

void byFactorsAndThreads(benchmark::internal::Benchmark* registered)
{
    registered->ArgNames({"factors", "threads"})->ArgsProduct({{64, 128}, {1, 2}});
    registered->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
}
BENCHMARK(bpr)->Apply(byFactorsAndThreads);
BENCHMARK(uniformBpr)->Apply(byFactorsAndThreads);
BENCHMARK(warp)->Apply(byFactorsAndThreads);
BENCHMARK(logistic)->Apply(byFactorsAndThreads);

} // namespace
