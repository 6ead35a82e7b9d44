// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/pipeline/funnel.h"
#include "core/ranking/probability_measures.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// What a learnt ranker makes of one feature, and whether it stayed as it was.
struct RankerFeature {
    Feature feature;
    double gain = 0; ///< share of what all splits gained; sums to 1 over the features
    std::uint32_t splits = 0;
    std::optional<FeatureDrift> drift; ///< LearntRanker::drift; of older rankers none
};

/// All features, the most important first, of equal ones in their order. Errors: Unsupported (the funnel has no learnt
/// ranker that can be used: of another version of the features, or none).
[[nodiscard]] ORRERY_API Result<std::vector<RankerFeature>> rankerFeatures(const Funnel& funnel);

/// How good chances are.
struct ChanceQuality {
    double predicted = 0; ///< mean
    double brier = 0, logLoss = 0;
    double calibrationError = 0; ///< expectedCalibrationError() of ten bins
};

/// One chance of a ranker, against what came of it.
struct ChanceReport {
    std::string title; ///< "looked at", "put into the cart", "bought"; "used" of a pointwise relevance
    std::size_t questions = 0, rows = 0;
    double seen = 0;           ///< share of the rows that it came true of
    double areaUnderCurve = 0; ///< NaN where all came true, or none
    ChanceQuality uncorrected, corrected;
    std::vector<CalibrationBin> bins; ///< of the corrected
};

/// Chances of a learnt ranker on sittings that begin from `from` on, all candidates of at most `most` of them:
/// `dataset` holds what came later than the funnel's models and ranker have learned from. Parallel over questions; the
/// same on any number of threads. Errors: Unsupported (as above, or no chance was learned), InvalidArgument (no
/// sitting), Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<ChanceReport>> chanceReports(const Funnel& funnel,
                                                                         const std::shared_ptr<const Dataset>& dataset,
                                                                         Timestamp from, std::size_t most,
                                                                         const JobContext& job);

} // namespace orrery
