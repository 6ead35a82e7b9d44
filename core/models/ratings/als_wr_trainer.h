// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/ratings/rating_factors.h"

#include <cstdint>
#include <span>

namespace orrery {

/// Settings of alternating least squares on ratings.
struct AlsWrConfig {
    int factors = 50;
    int epochs = 15;
    float regularization = .1F; ///< lambda; a row with n ratings is held with lambda n
    float initSpread = .1F;     ///< standard deviation of the first random item vectors
    bool biases = true;         ///< learns a bias of each person and item, as a feature that is always 1
};

/// Alternating least squares with weighted lambda regularization (Zhou, Wilkinson, Schreiber & Pan, AAIM 2008): in
/// turn each person's and each item's vector becomes the exact minimum of
///     sum over its n ratings of (e - <p, q>)^2 + lambda n |row|^2,
/// where e is the rating minus the mean of all (and minus the bias of the other side, where there are biases; the own
/// bias is then one more coordinate). The same bits on any number of threads.
/// Reports the error after each epoch as "training RMSE".
/// Errors: InvalidArgument when nothing is left to learn from, Numeric for a non-finite loss, Cancelled.
[[nodiscard]] Result<RatingFactors> trainAlsWr(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                               const AlsWrConfig& config, const JobContext& job);

} // namespace orrery
