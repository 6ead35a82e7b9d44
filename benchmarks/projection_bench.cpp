// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/cauchy_field.h"
#include "core/projection/neighbour_graph.h"
#include "core/projection/pca.h"
#include "core/projection/tsne.h"
#include "core/projection/umap.h"
#include "core/retrieval/hnsw_index.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>

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

constexpr std::size_t umapNeighbours = 14, tsneNeighbours = 90;

/// Found once for each number of neighbours.
const NeighbourGraph& graph(std::size_t count)
{
    static std::map<std::size_t, NeighbourGraph> found;
    if (!found.contains(count))
        found[count] = nearestNeighbours(vectors().view(), SpaceMetric::Cosine, count, {}).value();
    return found[count];
}

void neighbours(benchmark::State& state, std::size_t count)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(nearestNeighbours(vectors().view(), SpaceMetric::Cosine, count, jobOf(state)).value());
}
BENCHMARK_CAPTURE(neighbours, umap, umapNeighbours)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(neighbours, tsne, tsneNeighbours)
    ->Arg(2)
    ->ArgName("threads")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

void weights(benchmark::State& state)
{
    const NeighbourGraph& found = graph(umapNeighbours);
    for (auto _ : state)
        benchmark::DoNotOptimize(fuzzyUnion(found, jobOf(state)).value());
}
BENCHMARK(weights)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();

void affinities(benchmark::State& state)
{
    const NeighbourGraph& found = graph(tsneNeighbours);
    for (auto _ : state)
        benchmark::DoNotOptimize(tsneAffinities(found, SpaceMetric::Cosine, 30, jobOf(state)).value());
}
BENCHMARK(affinities)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();

/// All repulsions of a layout that is as wide as t-SNE's becomes.
void repulsion(benchmark::State& state)
{
    Rng rng(1);
    Layout layout(rows);
    for (MapPoint& at : layout)
        at = {static_cast<float>(25 * rng.normal()), static_cast<float>(25 * rng.normal())};
    CauchyField field;
    std::vector<Repulsion> found;
    for (auto _ : state)
        benchmark::DoNotOptimize(field.find(layout, found, jobOf(state)).has_value());
}
BENCHMARK(repulsion)->Arg(1)->Arg(2)->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();

/// All of it, or from a graph that was found before; the first picture is counted from the call.
void optimized(benchmark::State& state, const char* id, std::size_t neighbours)
{
    using Clock = std::chrono::steady_clock;
    const ProjectionMethod& method = **requireProjection(id);
    static_cast<void>(vectors());
    const NeighbourGraph* known = state.range(1) != 0 ? &graph(neighbours) : nullptr;
    double first = 0;
    for (auto _ : state) {
        const auto begun = Clock::now();
        std::size_t pictures = 0;
        ProjectionInput input{vectors().view(), SpaceMetric::Cosine};
        input.graph = known;
        input.drawn = [&](const Layout&) {
            if (pictures++ == 0)
                first = std::chrono::duration<double>(Clock::now() - begun).count();
        };
        benchmark::DoNotOptimize(project(method, input, {}, jobOf(state)).value());
        state.counters["pictures"] = static_cast<double>(pictures);
    }
    state.counters["first_s"] = first;
}
BENCHMARK_CAPTURE(optimized, umap, "umap", umapNeighbours)
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->ArgNames({"threads", "graph"})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(optimized, tsne, "tsne", tsneNeighbours)
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->ArgNames({"threads", "graph"})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

} // namespace
