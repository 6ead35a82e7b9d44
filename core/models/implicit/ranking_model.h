// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"
#include "core/models/implicit/ranking_trainer.h"

namespace orrery::implicit {

/// Settings that ranking factorizations share.
struct RankingSettings {
    RankingConfig training;
    float likedFrom = 4;
    float alpha = 1; ///< of points: how much a liked item weighs
    float foldInStrength = .05F;
};

/// Trains on what is liked, from `before` on where there is one, and gives a model that folds people in by the same
/// loss (for Warp: that of pairs). Errors: InvalidArgument when nothing is liked, Numeric, Cancelled.
[[nodiscard]] Result<ModelPtr> fitRanking(const FitInput& input, const RankingSettings& settings,
                                          const JobContext& job);
/// Errors: Corrupt.
[[nodiscard]] Result<ModelPtr> loadRanking(const Artifact& artifact);
/// `stepSeconds`: of one step with one factor, beside what does not depend on the factors.
[[nodiscard]] Cost estimateRanking(const DatasetShape& shape, const RankingConfig& config, double stepsACell);

} // namespace orrery::implicit
