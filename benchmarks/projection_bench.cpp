// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/neighbour_graph.h"
#include "core/projection/pca.h"
#include "core/projection/umap.h"
#include "core/retrieval/hnsw_index.h"

#include <benchmark/benchmark.h>

#include <chrono>

// Projections of vectors that lie around centres, as those of trained models do; the same as benchmarks/peers/
// umap_learn.py makes, by numbers of its own.

namespace {

using namespace orrery;

constexpr std::size_t rows = 62'000, length = 64;

const Matrix& vectors()
{
    static const Matrix made = [] {
        Rng rng(1);
        Matrix centres(200, length), around(rows, length);
        for (float& value : centres.all())
            value = static_cast<float>(rng.normal());
        for (std::size_t row = 0; row < rows; ++row) {
            const auto centre = centres.row(rng.below(200));
            for (std::size_t d = 0; d < length; ++d)
                around.row(row)[d] = static_cast<float>(static_cast<double>(centre[d]) + rng.normal());
        }
        return around;
    }();
    return made;
}

JobContext jobOf(const benchmark::State& state) { return JobContext({1, static_cast<int>(state.range(0))}); }

void pca(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(principalComponents(vectors().view(), SpaceMetric::Cosine, jobOf(state)).value());
}
BENCHMARK(pca)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();

const NeighbourGraph& graph()
{
    static const auto found = nearestNeighbours(vectors().view(), SpaceMetric::Cosine, 14, {}).value();
    return found;
}

void neighbours(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(nearestNeighbours(vectors().view(), SpaceMetric::Cosine, 14, jobOf(state)).value());
}
BENCHMARK(neighbours)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();

void weights(benchmark::State& state)
{
    static_cast<void>(graph());
    for (auto _ : state)
        benchmark::DoNotOptimize(fuzzyUnion(graph(), jobOf(state)).value());
}
BENCHMARK(weights)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();

/// All of it, or from a graph that was found before; the first picture is counted from the call.
void umap(benchmark::State& state)
{
    using Clock = std::chrono::steady_clock;
    const ProjectionMethod& method = **requireProjection("umap");
    if (state.range(1) != 0)
        static_cast<void>(graph());
    static_cast<void>(vectors());
    double first = 0;
    for (auto _ : state) {
        const auto begun = Clock::now();
        std::size_t pictures = 0;
        ProjectionInput input{vectors().view(), SpaceMetric::Cosine};
        input.graph = state.range(1) != 0 ? &graph() : nullptr;
        input.drawn = [&](const Layout&) {
            if (pictures++ == 0)
                first = std::chrono::duration<double>(Clock::now() - begun).count();
        };
        benchmark::DoNotOptimize(project(method, input, {}, jobOf(state)).value());
        state.counters["pictures"] = static_cast<double>(pictures);
    }
    state.counters["first_s"] = first;
}
BENCHMARK(umap)
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->ArgNames({"threads", "graph"})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

} // namespace
