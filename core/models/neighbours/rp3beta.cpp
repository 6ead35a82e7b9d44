// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rp3beta.h"

#include "core/models/item_to_item.h"
#include "core/models/neighbours/overlap_walk.h"
#include "core/models/neighbours/overlap_work.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

struct Rp3betaConfig {
    float alpha = .6F;
    float beta = .4F;
    int neighbours = 200;
    Weighting weighting = Weighting::Binary;
    Entries entries = Entries::Liked;
};

const ParamTable<Rp3betaConfig>& table()
{
    static const auto declared =
        ParamTable<Rp3betaConfig>{}
            .number("alpha", "Alpha",
                    "Above 1 sharpens the steps of the walk, below 1 evens them out; .5 to 1.5 is usual",
                    &Rp3betaConfig::alpha, .05, 5)
            .number("beta", "Beta",
                    "How far popular items are held back: 0 not at all (P3alpha), 1 fully; .2 to .8 is "
                    "usual",
                    &Rp3betaConfig::beta, 0, 2)
            .number("neighbours", "Neighbours",
                    "Items kept for each item, where a walk from it most likely ends; 50 to "
                    "500 is usual",
                    &Rp3betaConfig::neighbours, 1, 5000, ParamScale::Logarithmic)
            .choice("weighting", "Weight of an entry", "What one entry of a history counts", &Rp3betaConfig::weighting,
                    {{"binary", "Used it"}, {"value", "Value"}})
            .choice("entries", "Entries that count",
                    "Of ratings: what was liked, or whatever was rated. Counts always count", &Rp3betaConfig::entries,
                    {{"liked", "In the upper 40 % of the scale"}, {"all", "All"}});
    return declared;
}

/// (value / sum of its row)^alpha.
SparseMatrix stepsOf(SparseMatrix matrix, float alpha)
{
    for (std::size_t r = 0; r < matrix.rowCount(); ++r) {
        const auto row = std::span(matrix.values).subspan(matrix.starts[r], matrix.row(r).size());
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        for (float& value : row)
            value = sum > 0 ? static_cast<float>(std::pow(static_cast<double>(value) / sum, static_cast<double>(alpha)))
                            : 0.F;
    }
    return matrix;
}

Result<SparseMatrix> walks(const SparseMatrix& matrix, const Rp3betaConfig& config, const JobContext& job)
{
    if (std::ranges::any_of(matrix.values, [](float value) { return value < 0; }))
        return error(Code::InvalidArgument, "RP3beta cannot learn from values below 0",
                     "Set weighting to binary, or entries to liked", "weighting");
    const SparseMatrix toPeople = stepsOf(matrix.transposed(), config.alpha);
    const SparseMatrix toItems = stepsOf(matrix, config.alpha);
    std::vector<double> penalty(toPeople.rowCount());
    for (std::size_t j = 0; j < penalty.size(); ++j)
        penalty[j] = std::pow(static_cast<double>(toPeople.row(j).size()), -static_cast<double>(config.beta));
    return overlaps::best(toItems, toPeople, static_cast<std::size_t>(config.neighbours), job,
                          [&](std::size_t, std::uint32_t to, const overlaps::Overlap& walk) {
                              return static_cast<float>(walk.dot * penalty[to]);
                          });
}

Result<ModelPtr> fitRp3beta(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const HistoryWeigher weigher(*input.train, config->weighting, config->entries);
    const auto matrix = weightedMatrix(input.train->interactions(), weigher);
    if (!matrix)
        return tl::unexpected(matrix.error());
    const auto ends = walks(*matrix, *config, job);
    if (!ends)
        return tl::unexpected(ends.error());
    return std::make_shared<const ItemToItem>(ItemToItemParts{ItemWeights(ends->transposed(), SimilarBy::SpokenFor),
                                                              weigher, PopularFallback(input.train->interactions())},
                                              rp3betaAlgorithm().can);
}

Result<ModelPtr> loadRp3beta(const Artifact& artifact) { return ItemToItem::load(artifact, rp3betaAlgorithm().can); }

Cost estimateRp3beta(const DatasetShape& shape, const ParamSet& params)
{
    const Rp3betaConfig config = table().read(params).value_or(Rp3betaConfig{});
    const auto work = overlaps::Work::of(shape, config.entries);
    const double kept = work.kept(static_cast<std::size_t>(config.neighbours));
    // The walk with the steps both ways; then the ends, turned for use, and turned back for what is similar.
    const double bytes = std::max(work.cells * 32 + kept * 8, work.cells * 8 + kept * 24);
    return {work.seconds(3.5e-9) + work.pairs * (8e-10 + static_cast<double>(shape.items) * 5e-14) + work.cells * 4e-8 +
                kept * 5.5e-8,
            static_cast<std::size_t>(bytes) + overlaps::bytesOfRows(shape)};
}

} // namespace

Algorithm rp3betaAlgorithm()
{
    Algorithm a;
    a.id = "rp3beta";
    a.title = "RP3beta";
    a.family = "Neighbourhood";
    a.summary = "Walks at random from the items of the history to their people and on to what else those used. Popular "
                "items, where most walks end, are held back by a setting.";
    a.whenToUse = "For quick, accurate lists that reach further into the catalog than item kNN, on data of any size.";
    a.paper = "Paudel, Christoffel, Newell & Bernstein: Updatable, accurate, diverse, and scalable recommendations for "
              "interactive applications, ACM TiiS 2016; Cooper, Lee, Radinsky & Moslehi: Random walks in recommender "
              "systems: exact computation and simulations, WWW 2014";
    a.fallback = PopularFallback::declaration();
    a.params = table().specs();
    a.fit = fitRp3beta;
    a.load = loadRp3beta;
    a.estimate = estimateRp3beta;
    return a;
}

} // namespace orrery
