// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/ratings/sgd_config.h"
#include "core/models/warm_start.h"

#include <cstdint>
#include <span>

namespace orrery {

struct SvdConfig : SgdConfig {
    bool biased = true; ///< learns a bias of each person and item
};

/// Stochastic gradient descent on the squared error with L2 regularization (Funk 2006; Koren, Bell & Volinsky, IEEE
/// Computer 2009), over a fixed 4 x 4 grid of people x items (after Gemulla et al., KDD 2011): an epoch is the 4
/// diagonals of the grid in seeded order, and the 4 blocks of a diagonal share no row, so that they can run at the
/// same time and the result has the same bits on any number of threads.
/// `heldOut` marks cells of `interactions` that are not to be learned from; empty: none.
/// With something to go on from it runs a fraction of the epochs; the learning rate falls as far in them.
/// Reports the error met on the way as "training RMSE" by epoch.
/// Errors: InvalidArgument when nothing is left to learn from, Numeric for a non-finite loss, Cancelled.
[[nodiscard]] Result<RatingFactors> trainSvd(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                             const SvdConfig& config, const JobContext& job,
                                             const WarmStart& start = {});

/// What a model trained by it costs, fold-in and all.
[[nodiscard]] Cost costOfSvd(const DatasetShape& shape, const SvdConfig& config);

} // namespace orrery
