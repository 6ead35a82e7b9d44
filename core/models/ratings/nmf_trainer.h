// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/ratings/fold_in.h"

#include <cstdint>
#include <span>

namespace orrery {

/// Settings of non-negative matrix factorization.
struct NmfConfig : FoldInConfig {
    int factors = 15;
    int epochs = 100;
    float regularization = .1F;
    float initHigh = 1; ///< the first random values are uniform in [0, initHigh)
    bool biases = true; ///< learns a bias of each person and item beside
    float biasReg = 5;  ///< ridge of a bias
};

/// Regularized non-negative matrix factorization (Luo, Zhou, Xia & Zhu, IEEE Trans. Industrial Informatics 2014) by
/// multiplicative steps, which keep every factor >= 0: with n ratings r in the row,
///     p := p * (sum of r q) / (sum of (predicted rating) q + n regularization p),
/// for all people, and then in the same way for all items. Ratings must be >= 0. With biases a predicted rating is
/// mean + personBias + itemBias + <p, q>, and the biases move to their ridge solution beside each step; without, the
/// mean of the factors is 0. The same bits on any number of threads. Reports the error met on the way as "training
/// RMSE". Errors: InvalidArgument for a negative rating or when nothing is left to learn from, Numeric, Cancelled.
[[nodiscard]] Result<RatingFactors> trainNmf(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                             const NmfConfig& config, const JobContext& job);

} // namespace orrery
