// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/ratings/sgd_config.h"

#include <cstdint>
#include <span>

namespace orrery {

struct SvdppConfig : SgdConfig {
    SvdppConfig()
    {
        factors = 50;
        initSpread = .01F;
    }
};

/// Stochastic gradient descent of SVD++ (Koren, KDD 2008): rating = mean + personBias + itemBias + <p + z, q>, with
/// z = sum over the n rated items of y_j / sqrt(n). As published, each rating moves the y_j of all items of the person,
/// O(n factors) a rating. Here they move once a person, with the same result: through the person's ratings each y_j
/// only shrinks by the factor keep = 1 - rate regularization and gains rate e q / sqrt(n), all of them the same, so
/// that z' = keep z + rate e q, as p' = keep p + rate e q. The sum w = p + z is therefore all that the steps need,
///     w' = keep w + 2 rate e q,
/// and with d = (w_end - keep^n w_begin) / 2 at the end p = keep^n p + d and y_j = keep^n y_j + d / sqrt(n). An epoch
/// is O(ratings factors). People come one after the other in an order drawn once: what one of them teaches the y_j, the
/// next must know, or the steps of popular items add up. Training thus runs on one thread. The people
/// returned have their implicit part in them. `heldOut` marks cells that are not to be learned from. Reports the error
/// met on the way as "training RMSE" by epoch. Errors: InvalidArgument when nothing is left to learn from, Numeric for
/// a non-finite loss, Cancelled.
[[nodiscard]] Result<RatingFactors> trainSvdpp(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                               const SvdppConfig& config, const JobContext& job);

} // namespace orrery
