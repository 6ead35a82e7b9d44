// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/ease.h"

#include "core/base/parallel.h"
#include "core/models/item_to_item.h"
#include "core/models/linear/dense_gram.h"
#include "core/models/linear/symmetric_inverse.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

struct EaseConfig {
    float regularization = 300;
    Weighting weighting = Weighting::Binary;
    Entries entries = Entries::Liked;
    int neighbours = 0;
};

const ParamTable<EaseConfig>& table()
{
    static const auto declared =
        ParamTable<EaseConfig>{}
            .number("regularization", "Regularization",
                    "Lambda: higher trusts only what many people vouch for; 100 to 1000 is usual, more for more people",
                    &EaseConfig::regularization, .01, 1e6, ParamScale::Logarithmic)
            .choice("weighting", "Weight of an entry",
                    "What one entry of a history counts: that it is there, its value, or its value against the "
                    "person's mean",
                    &EaseConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}, {"centred", "Value minus the person's mean"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &EaseConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}})
            .number("neighbours", "Neighbours",
                    "Keeps only this many of the strongest weights of each item, for a small model; 0 keeps all, which "
                    "takes 4 bytes x items x items",
                    &EaseConfig::neighbours, 0, 2000)
            .advanced();
    return declared;
}

/// The share of |X|^2 that is left: of a swept item j the residual is its conditional variance less lambda.
double lossOf(const Matrix& swept, std::size_t done, double lambda, double whole)
{
    double left = 0;
    for (std::size_t j = 0; j < swept.rows(); ++j) {
        const double own = static_cast<double>(swept.row(j)[j]);
        left += (j < done ? -1 / own : own) - lambda;
    }
    return left / whole;
}

/// P = (G + lambda I)^-1 in place of G.
Status invert(Matrix& gram, float lambda, const JobContext& job)
{
    double whole = 0;
    for (std::size_t j = 0; j < gram.rows(); ++j) {
        whole += static_cast<double>(gram.row(j)[j]);
        gram.row(j)[j] += lambda;
    }
    const auto n = static_cast<double>(gram.rows());
    return invertSymmetric(gram.ref(), job, [&](std::size_t done) {
        job.measure("training loss", static_cast<double>(done),
                    lossOf(gram, done, static_cast<double>(lambda), std::max(whole, 1e-30)));
        job.progress(static_cast<double>(done) / n, fmt::format("solved for {} of {} items", done, gram.rows()));
    });
}

/// B_ij = -P_ij / P_jj in place of P; B_jj = 0. A column of an item nobody used is 0 but for its signs: P is diagonal.
Status intoWeights(Matrix& inverse, const JobContext& job)
{
    std::vector<float> scales;
    for (std::size_t j = 0; j < inverse.rows(); ++j)
        scales.push_back(-1 / inverse.row(j)[j]);
    return parallelFor(job, inverse.rows(), 64, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const auto row = inverse.row(i);
            std::ranges::transform(row, scales, row.begin(), std::multiplies<>{});
            row[i] = 0;
        }
    });
}

/// The items with the largest |B_ij| for item j, ascending: row j of P holds what speaks for j, times -P_jj.
std::vector<std::uint32_t> strongest(std::span<const float> row, std::uint32_t own, std::size_t wanted)
{
    std::vector<std::uint32_t> items;
    for (std::uint32_t i = 0; i < row.size(); ++i)
        if (i != own && row[i] != 0)
            items.push_back(i);
    if (items.size() > wanted) {
        std::ranges::nth_element(items, items.begin() + static_cast<std::ptrdiff_t>(wanted),
                                 [row](std::uint32_t a, std::uint32_t b) {
                                     const float x = std::abs(row[a]), y = std::abs(row[b]);
                                     return x != y ? x > y : a < b;
                                 });
        items.resize(wanted);
    }
    std::ranges::sort(items);
    return items;
}

Result<ItemWeights> strongestWeights(const Matrix& inverse, std::size_t wanted, const JobContext& job)
{
    const std::size_t n = inverse.rows();
    std::vector<std::vector<std::uint32_t>> kept(n);
    const auto done = parallelFor(job, n, 16, [&](std::size_t first, std::size_t last) {
        for (std::size_t j = first; j < last; ++j)
            kept[j] = strongest(inverse.row(j), static_cast<std::uint32_t>(j), wanted);
    });
    if (!done)
        return tl::unexpected(done.error());
    SparseMatrix weights;
    weights.columnCount = n;
    for (std::size_t j = 0; j < n; ++j) {
        for (const std::uint32_t i : kept[j]) {
            weights.columns.push_back(i);
            weights.values.push_back(-inverse.row(j)[i] / inverse.row(j)[j]);
        }
        weights.starts.push_back(weights.columns.size());
    }
    return ItemWeights(std::move(weights));
}

Result<ItemWeights> learn(const SparseMatrix& matrix, const EaseConfig& config, const JobContext& job)
{
    auto gram = denseGram(matrix, job.part(0, .1));
    if (!gram)
        return tl::unexpected(gram.error());
    if (const auto done = invert(*gram, config.regularization, job.part(.1, .99)); !done)
        return tl::unexpected(done.error());
    if (config.neighbours > 0)
        return strongestWeights(*gram, static_cast<std::size_t>(config.neighbours), job);
    if (const auto done = intoWeights(*gram, job); !done)
        return tl::unexpected(done.error());
    return ItemWeights(std::move(*gram));
}

Result<ModelPtr> fitEase(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    auto weights = learn(*matrix, *config, job);
    if (!weights)
        return tl::unexpected(weights.error());
    return std::make_shared<const ItemToItem>(
        ItemToItemParts{std::move(*weights), weigher, PopularFallback(input.train->interactions())},
        easeAlgorithm().can);
}

Result<ModelPtr> loadEase(const Artifact& artifact) { return ItemToItem::load(artifact, easeAlgorithm().can); }

Cost estimateEase(const DatasetShape& shape, const ParamSet& params)
{
    const EaseConfig config = table().read(params).value_or(EaseConfig{});
    const auto n = static_cast<double>(shape.items);
    const auto work = overlaps::Work::of(shape, config.entries);
    const double seconds = n * n * n / 8e10 + n * n * 1e-8 + work.pairs * 1e-9 + work.cells * 2e-8;
    const double blocks = n * 288 * 2 * 4 + 2e6;
    const double bytes = n * n * 4 + blocks + work.cells * 16 + n * static_cast<double>(config.neighbours) * 24;
    return {seconds, static_cast<std::size_t>(bytes)};
}

} // namespace

Algorithm easeAlgorithm()
{
    Algorithm a;
    a.id = "ease";
    a.title = "EASE";
    a.family = "Linear";
    a.summary = "Learns what each item says of every other, with all the rest taken into account, by one large matrix "
                "inverse. It has a single setting and no randomness, and every recommendation is a sum over the "
                "history.";
    a.whenToUse = "For ranking catalogs of up to about 20,000 items; among the most accurate there, but its memory "
                  "grows with the square of the items (1.6 GB for 20,000) and its time with the cube.";
    a.paper = "Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019";
    a.fallback = PopularFallback::declaration();
    a.params = table().specs();
    a.fit = fitEase;
    a.load = loadEase;
    a.estimate = estimateEase;
    return a;
}

} // namespace orrery
