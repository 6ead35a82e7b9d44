// SPDX-License-Identifier: GPL-3.0-or-later
// Trees for ranking: predicting 1,000 candidates, explaining the 20 that are shown, and training.
#include "core/base/rng.h"
#include "core/ranking/gbdt.h"

#include <benchmark/benchmark.h>

#include <algorithm>

using namespace orrery;

namespace {

constexpr std::size_t features = 45, candidates = 1000;

/// Full trees: every path is of `depth` splits.
TreeEnsemble fullTrees(std::size_t count, std::size_t depth)
{
    Rng rng(seedFor(1, "trees.bench"));
    std::vector<std::vector<TreeNode>> trees(count);
    for (auto& tree : trees) {
        const std::size_t inner = (std::size_t{1} << depth) - 1;
        for (std::size_t n = 0; n < inner; ++n)
            tree.push_back({static_cast<std::uint32_t>(rng.below(features)), static_cast<float>(rng.normal()),
                            rng.below(2) == 0, 0, 1 + static_cast<float>(rng.uniform()), 1});
        for (std::size_t n = 0; n <= inner; ++n)
            tree.push_back({TreeNode::leaf, 0, true, static_cast<float>(.1 * rng.normal()),
                            1 + static_cast<float>(rng.uniform()), 0});
    }
    return TreeEnsemble::make(features, 0, trees).value();
}

Matrix someRows(std::size_t count)
{
    Rng rng(seedFor(2, "trees.bench"));
    Matrix rows(count, features);
    for (float& value : rows.all())
        value = static_cast<float>(rng.normal());
    return rows;
}

void predict(benchmark::State& state)
{
    const TreeEnsemble trees = fullTrees(300, static_cast<std::size_t>(state.range(0)));
    const Matrix rows = someRows(candidates);
    std::vector<float> out(candidates);
    for (auto _ : state) {
        trees.predict(rows.view(), out);
        benchmark::DoNotOptimize(out.data());
    }
}

void explain20(benchmark::State& state)
{
    const TreeEnsemble trees = fullTrees(300, static_cast<std::size_t>(state.range(0)));
    const Matrix rows = someRows(20);
    std::vector<float> terms(features + 1);
    for (auto _ : state)
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            trees.contributions(rows.row(r), terms);
            benchmark::DoNotOptimize(terms.data());
        }
}

/// 100 trees of depth 6 on groups of 20 rows, the first of each the best.
void train(benchmark::State& state)
{
    const auto count = static_cast<std::size_t>(state.range(0));
    TrainingRows rows{someRows(count), std::vector<float>(count), {0}, {}};
    for (std::size_t r = 0; r < count; r += 20) {
        std::size_t best = r;
        for (std::size_t other = r; other < std::min(r + 20, count); ++other)
            if (rows.features.row(other)[0] > rows.features.row(best)[0])
                best = other;
        rows.labels[best] = 1;
        rows.groupStarts.push_back(static_cast<std::uint32_t>(std::min(r + 20, count)));
    }
    GbdtParams params;
    params.trees = 100;
    for (auto _ : state)
        if (!trainTrees(rows, {}, params, JobContext{}))
            state.SkipWithError("training failed");
}

BENCHMARK(predict)->Arg(4)->Arg(6)->Arg(8)->Unit(benchmark::kMillisecond);
BENCHMARK(explain20)->Arg(4)->Arg(6)->Arg(8)->Arg(12)->Unit(benchmark::kMillisecond);
BENCHMARK(train)->Arg(20'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

} // namespace
