// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmarks/cells_csv.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <benchmark/benchmark.h>

// Implicit ALS: an iteration (people, then items) by number of factors and threads, and folding people in. The data is
// the CSV file (user,item,value with a header line) that ORRERY_BENCH_CSV names, as for
// benchmarks/peers/implicit_als.py, or else random cells of MovieLens 1M's shape. Every cell is liked; confidence 41,
// lambda .1: what the peer is given.

namespace {

using namespace orrery;

constexpr int iterations = 8;

const als::Cells& people()
{
    static const als::Cells cells = bench::loadCells(40);
    return cells;
}

const als::Cells& items()
{
    static const als::Cells cells = als::transposed(people());
    return cells;
}

struct Factors {
    Matrix people;
    Matrix items;
    std::vector<float> peoplePenalty = std::vector<float>(::people().rows(), .1F);
    std::vector<float> itemPenalty = std::vector<float>(::items().rows(), .1F);

    explicit Factors(std::size_t k) : people(::people().rows(), k), items(::items().rows(), k)
    {
        Rng rng(1);
        const double scale = 1 / std::sqrt(static_cast<double>(k)); // as the model starts
        for (float& value : items.all())
            value = static_cast<float>(scale * rng.normal());
    }

    /// Returns the loss.
    double iterate(const JobContext& job, const als::StepSettings& settings)
    {
        (void)als::solveSide(job, ::people(), peoplePenalty, items.view(), people.ref(), settings);
        double loss = *als::solveSide(job, ::items(), itemPenalty, people.view(), items.ref(), settings);
        for (const float value : people.all())
            loss += .1 * static_cast<double>(value) * static_cast<double>(value);
        return loss;
    }
};

void run(benchmark::State& state, const als::StepSettings& settings)
{
    const JobContext job({1, static_cast<int>(state.range(1))});
    (void)items();
    double loss = 0;
    for (auto _ : state) {
        state.PauseTiming();
        Factors trained(static_cast<std::size_t>(state.range(0)));
        state.ResumeTiming();
        for (int iteration = 0; iteration < iterations; ++iteration)
            loss = trained.iterate(job, settings);
    }
    state.counters["seconds_per_iteration"] =
        benchmark::Counter(iterations, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["loss"] = loss;
    state.counters["cells"] = static_cast<double>(people().size());
}

void gradient(benchmark::State& state) { run(state, {als::Solver::ConjugateGradient, 3}); }
void exact(benchmark::State& state) { run(state, {als::Solver::Exact, 0}); }
void blocks(benchmark::State& state) { run(state, {als::Solver::Blocks, 0}); }

void byFactorsAndThreads(benchmark::internal::Benchmark* registered)
{
    registered->ArgNames({"factors", "threads"})->ArgsProduct({{64, 128, 256}, {1, 2}});
    registered->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
}
BENCHMARK(gradient)->Apply(byFactorsAndThreads);
BENCHMARK(exact)->Apply(byFactorsAndThreads);
BENCHMARK(blocks)->Apply(byFactorsAndThreads);

/// What this machine can do on one thread: the bound of the solvers.
void matrixProduct(benchmark::State& state)
{
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    constexpr Eigen::Index n = 1024;
    const RowMajor a = RowMajor::Random(n, n), b = RowMajor::Random(n, n);
    RowMajor c(n, n);
    for (auto _ : state) {
        c.noalias() = a * b;
        benchmark::DoNotOptimize(c.data());
    }
    state.counters["flops"] = benchmark::Counter(2.0 * n * n * n, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(matrixProduct)->Unit(benchmark::kMillisecond);

/// One history of the given length, as the evaluation folds it in.
void foldIn(benchmark::State& state)
{
    const Factors trained(64);
    const auto gram = als::gramOf({}, trained.items.view()).value();
    als::ExactSolver solver(trained.items.view(), gram, 1);
    std::vector<std::uint32_t> history;
    for (std::uint32_t i = 0; i < state.range(0); ++i)
        history.push_back(i * 7);
    const std::vector<float> weights(history.size(), 40);
    std::vector<float> person(64);
    for (auto _ : state) {
        solver.solve(history, weights, .1F, person);
        benchmark::DoNotOptimize(person.data());
    }
}
BENCHMARK(foldIn)->Arg(20)->Arg(165)->Arg(500)->Unit(benchmark::kMicrosecond);

} // namespace
