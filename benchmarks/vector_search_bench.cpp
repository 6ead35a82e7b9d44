// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"
#include "core/retrieval/hnsw_index.h"

#include <benchmark/benchmark.h>
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <map>

// Nearest vectors: exactly, by the index, and by hnswlib called directly with the same settings. Vectors lie around
// centres, as those of trained models do.

namespace {

using namespace orrery;

constexpr std::size_t length = 64, queries = 2000;

const Matrix& vectorsOf(std::size_t rows)
{
    static std::map<std::size_t, Matrix> made;
    const auto [found, missing] = made.try_emplace(rows);
    if (!missing)
        return found->second;
    Rng rng(1);
    Matrix centres(200, length);
    for (float& value : centres.all())
        value = static_cast<float>(rng.normal());
    Matrix& vectors = found->second = Matrix(rows, length);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto centre = centres.row(rng.below(200));
        for (std::size_t d = 0; d < length; ++d)
            vectors.row(row)[d] = static_cast<float>(static_cast<double>(centre[d]) + rng.normal());
    }
    return vectors;
}

void exact(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    const ExactSearch search(vectors.view(), SpaceMetric::Cosine);
    const JobContext job({1, static_cast<int>(state.range(1))});
    std::size_t query = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(search.nearest(vectors.row(query++ * 37 % vectors.rows()), 100, job).value());
    state.counters["bytes/s"] = benchmark::Counter(static_cast<double>(vectors.rows() * length * 4),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(exact)
    ->ArgsProduct({{62'000, 1'000'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void screened(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    const auto search = ExactSearch::screened(vectors.view(), SpaceMetric::Cosine, {}).value();
    const JobContext job({1, static_cast<int>(state.range(1))});
    std::size_t query = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(search.nearest(vectors.row(query++ * 37 % vectors.rows()), 100, job).value());
    state.counters["bytes"] = static_cast<double>(ExactSearch::screenBytes(vectors.rows(), length));
}
BENCHMARK(screened)
    ->ArgsProduct({{62'000, 1'000'000}, {1, 2}})
    ->ArgNames({"rows", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void makeScreen(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(ExactSearch::screened(vectors.view(), SpaceMetric::Cosine, {}).value());
}
BENCHMARK(makeScreen)->Arg(1'000'000)->ArgName("rows")->Unit(benchmark::kMillisecond)->UseRealTime();

void build(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(HnswIndex::build(vectors.view(), SpaceMetric::Cosine, {}, {}).value());
}
BENCHMARK(build)->Arg(62'000)->ArgName("rows")->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();

const HnswIndex& indexOf62k()
{
    static const HnswIndex index = HnswIndex::build(vectorsOf(62'000).view(), SpaceMetric::Cosine, {}, {}).value();
    return index;
}

double recallOf(const std::vector<std::vector<std::uint32_t>>& found)
{
    const Matrix& vectors = vectorsOf(62'000);
    const ExactSearch search(vectors.view(), SpaceMetric::Cosine);
    std::size_t hits = 0;
    for (std::size_t q = 0; q < 200; ++q) {
        const auto truth = search.nearest(vectors.row(q), 10, {}).value();
        for (const Near& near : truth)
            hits += static_cast<std::size_t>(std::ranges::count(found[q], near.row));
    }
    return static_cast<double>(hits) / 2000;
}

void index(benchmark::State& state)
{
    const Matrix& vectors = vectorsOf(62'000);
    const HnswIndex& asked = indexOf62k();
    std::vector<std::vector<std::uint32_t>> found(queries);
    for (auto _ : state)
        for (std::size_t q = 0; q < queries; ++q) {
            found[q].clear();
            for (const Near& near : asked.nearest(vectors.row(q), 10, {}, static_cast<int>(state.range(0))))
                found[q].push_back(near.row);
        }
    state.counters["queries/s"] =
        benchmark::Counter(static_cast<double>(queries), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["recall@10"] = recallOf(found);
}
BENCHMARK(index)->Arg(32)->Arg(64)->Arg(128)->ArgName("ef")->Unit(benchmark::kMillisecond);

void direct(benchmark::State& state)
{
    Matrix vectors = vectorsOf(62'000);
    for (std::size_t row = 0; row < vectors.rows(); ++row) {
        double square = 0;
        for (const float value : vectors.row(row))
            square += static_cast<double>(value) * static_cast<double>(value);
        for (float& value : vectors.row(row))
            value = static_cast<float>(static_cast<double>(value) / std::sqrt(square));
    }
    hnswlib::InnerProductSpace space(length);
    static hnswlib::HierarchicalNSW<float>* graph = nullptr;
    if (!graph) {
        graph = new hnswlib::HierarchicalNSW<float>(&space, vectors.rows(), 16, 100, 1);
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            graph->addPoint(vectors.row(row).data(), row);
    }
    graph->setEf(static_cast<std::size_t>(state.range(0)));
    std::vector<std::vector<std::uint32_t>> found(queries);
    for (auto _ : state)
        for (std::size_t q = 0; q < queries; ++q) {
            found[q].clear();
            for (auto near = graph->searchKnn(vectors.row(q).data(), 10); !near.empty(); near.pop())
                found[q].push_back(static_cast<std::uint32_t>(near.top().second));
        }
    state.counters["queries/s"] =
        benchmark::Counter(static_cast<double>(queries), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["recall@10"] = recallOf(found);
}
BENCHMARK(direct)->Arg(32)->Arg(64)->Arg(128)->ArgName("ef")->Unit(benchmark::kMillisecond);

} // namespace
