// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/data/interactions.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Settings of biased matrix factorization; the defaults are those of Surprise's SVD.
struct SvdConfig {
    int factors = 100;
    int epochs = 20;
    float learningRate = .005F;
    float regularization = .02F;
    float initSpread = .1F;  ///< standard deviation of the first random vectors
    bool tuneFoldIn = true;  ///< choose foldInReg on ratings held back
    float foldInReg = 20;    ///< ridge of a person's vector at fold-in
    float foldInBiasReg = 5; ///< ridge of a person's bias at fold-in
};

/// What training finds: rating = mean + personBias + itemBias + <person, item>.
struct SvdFactors {
    double mean = 0;
    Matrix people, items; ///< [people x factors], [items x factors]; zero rows where nothing is known
    std::vector<float> personBias, itemBias; ///< 0 where nothing is known
};

/// Stochastic gradient descent on the squared error with L2 regularization (Funk 2006; Koren, Bell & Volinsky, IEEE
/// Computer 2009), over a fixed 4 x 4 grid of people x items (after Gemulla et al., KDD 2011): an epoch is the 4
/// diagonals of the grid in seeded order, and the 4 blocks of a diagonal share no row, so that they can run at the
/// same time and the result has the same bits on any number of threads.
/// `heldOut` marks cells of `interactions` that are not to be learned from; empty: none.
/// Reports the error met on the way as "training RMSE" by epoch.
/// Errors: InvalidArgument when nothing is left to learn from, Numeric for a non-finite loss, Cancelled.
[[nodiscard]] Result<SvdFactors> trainSvd(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                          const SvdConfig& config, const JobContext& job);

} // namespace orrery
