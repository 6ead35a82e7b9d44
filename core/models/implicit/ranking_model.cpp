// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/ranking_model.h"

#include "core/models/implicit/factor_model.h"
#include "core/models/implicit/liked_cells.h"
#include "core/models/implicit/ranking_fold_in.h"
#include "core/models/neighbours/overlap_work.h"

namespace orrery::implicit {
namespace {

constexpr std::size_t sampleSize = 256; ///< items that a fold-in compares the history with

RankingFoldIn::Settings foldInOf(const RankingSettings& settings)
{
    const bool pairs = settings.training.loss != RankingLoss::Logistic;
    return {pairs, settings.foldInStrength, static_cast<float>(settings.training.draws) / settings.alpha};
}

} // namespace

Result<ModelPtr> fitRanking(const FitInput& input, const RankingSettings& settings, const JobContext& job)
{
    const Dataset& dataset = *input.train;
    const auto rule = confidenceFor(dataset, {ConfidenceRule::Mapping::Above, settings.likedFrom, settings.alpha, 1});
    const auto cells = likedCells(dataset.interactions(), rule);
    if (!cells)
        return tl::unexpected(cells.error());
    const auto start = warmStartFrom(input.before.get(), static_cast<std::size_t>(settings.training.factors),
                                     dataset.personCount(), dataset.itemCount());
    auto factors = trainRanking(*cells, settings.training, job, start);
    if (!factors)
        return tl::unexpected(factors.error());
    auto sample = RankingFoldIn::sampleOf(cells->columnCount, sampleSize, job.rng("ranking.sample"));
    const auto foldIn = [&](ItemFactors items) -> Result<std::unique_ptr<const FoldInMethod>> {
        return std::make_unique<const RankingFoldIn>(items, foldInOf(settings), std::move(sample));
    };
    return FactorModel::make({std::move(factors->items), std::move(factors->people), std::move(factors->itemBias), rule,
                              PopularFallback(dataset.interactions())},
                             foldIn);
}

Result<ModelPtr> loadRanking(const Artifact& artifact)
{
    return FactorModel::load(artifact, true, [&](ItemFactors items) { return RankingFoldIn::load(artifact, items); });
}

Cost estimateRanking(const DatasetShape& shape, const RankingConfig& config, double stepsACell)
{
    const double k = config.factors;
    const double cells = overlaps::cellsOf(shape, Entries::Liked);
    const auto rows = static_cast<double>(shape.people + shape.items);
    Cost cost;
    cost.seconds = config.epochs * (cells * stepsACell * (3e-8 + k * 4.8e-10) + rows * 1e-7);
    cost.bytes = static_cast<std::size_t>(cells * 20 + rows * (k * 2 * sizeof(float) + 60)) +
                 shape.people * 32 * sizeof(std::uint64_t) + 100'000;
    return cost;
}

} // namespace orrery::implicit
