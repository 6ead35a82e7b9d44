// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/models/catalogue.h"
#include "core/models/linear/symmetric_inverse.h"
#include "core/simulation/generator.h"

#include <cmath>
#include <string>

#include <benchmark/benchmark.h>

// Linear and graph item models: the inverse that EASE consists of, and training on a world of MovieLens 1M's shape.

namespace {

using namespace orrery;

/// n^3 operations, as LAPACK's spotrf and spotri of this size (peers/lapack_inverse.py), in place.
void easeInverse(benchmark::State& state)
{
    const auto n = static_cast<std::size_t>(state.range(0));
    Matrix matrix = Matrix::unset(n, n);
    for (auto _ : state) {
        state.PauseTiming();
        Rng rng(1);
        for (std::size_t row = 0; row < n; ++row) {
            for (std::size_t column = 0; column < row; ++column)
                matrix.row(row)[column] = static_cast<float>(rng.uniform() - .5);
            matrix.row(row)[row] = .6F * static_cast<float>(n);
        }
        state.ResumeTiming();
        if (!invertSymmetric(matrix.ref(), JobContext({1, static_cast<int>(state.range(1))})))
            state.SkipWithError("not positive definite");
    }
    const auto size = static_cast<double>(n);
    state.counters["flop/s"] = benchmark::Counter(size * size * size, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(easeInverse)
    ->ArgsProduct({{2'000, 5'000, 20'000}, {1, 2}})
    ->ArgNames({"n", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

std::shared_ptr<const Dataset> movieLens1M()
{
    static const auto dataset = [] {
        WorldPlan plan;
        plan.people = 6'040;
        plan.items = 3'700;
        plan.interactions = 1'000'000;
        auto world = generateWorld(plan, JobContext{}).value();
        (void)world->shape();
        return world;
    }();
    return dataset;
}

void fitMovieLens1M(benchmark::State& state, const std::string& id)
{
    const auto dataset = movieLens1M();
    const Algorithm& algorithm = *findAlgorithm(id);
    for (auto _ : state)
        benchmark::DoNotOptimize(
            train(algorithm, {dataset}, {}, JobContext({1, static_cast<int>(state.range(0))})).value());
    state.counters["estimate s"] = algorithm.estimate(dataset->shape(), {}).seconds;
}

#define ORRERY_FIT(name, id)                                                                                           \
    BENCHMARK_CAPTURE(fitMovieLens1M, name, id)                                                                        \
        ->Arg(1)                                                                                                       \
        ->Arg(2)                                                                                                       \
        ->ArgName("threads")                                                                                           \
        ->Unit(benchmark::kMillisecond)                                                                                \
        ->MeasureProcessCPUTime()                                                                                      \
        ->UseRealTime()
ORRERY_FIT(ease, "ease");
ORRERY_FIT(slim, "slim");
ORRERY_FIT(pureSvd, "pure-svd");
ORRERY_FIT(rp3beta, "rp3beta");
ORRERY_FIT(coOccurrence, "co-occurrence");

} // namespace
