// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/pipeline/funnel.h"

#include <span>
#include <vector>

namespace orrery {

/// What a learnt ranker makes of one feature, and whether it is still as in training.
struct RankerFeature {
    Feature feature;
    double gain = 0; ///< share of what all splits gained; sums to 1 over the features
    std::uint32_t splits = 0;
    FeatureFinding finding; ///< of the candidates of the questions, against training
};

/// All features, the most important first, of equal ones in their order. `queries`: at most the first `most` of them
/// are asked, for their candidates are compared with those of training. Parallel over questions; the same on any number
/// of threads. Errors: Unsupported (the funnel has no learnt ranker that can be used), Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<RankerFeature>>
rankerFeatures(const Funnel& funnel, std::span<const Query> queries, std::size_t most, const JobContext& job);

} // namespace orrery
