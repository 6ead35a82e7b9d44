// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstddef>
#include <span>
#include <vector>

namespace orrery {

/// How good probabilities of yes (label > 0) are. All spans of one measure have the same length.

/// The chance that a yes has more than a no, level counting half (Mann & Whitney 1947); NaN counts as less than
/// everything. NaN where all are yes, or none. O(n log n).
[[nodiscard]] ORRERY_API double areaUnderCurve(std::span<const float> scores, std::span<const float> labels);
/// Mean of -ln of the probability given to what was seen; probabilities are held within [1e-7, 1 - 1e-7].
[[nodiscard]] ORRERY_API double meanLogLoss(std::span<const float> probabilities, std::span<const float> labels);
/// Mean of (probability - label)^2 (Brier 1950).
[[nodiscard]] ORRERY_API double brierScore(std::span<const float> probabilities, std::span<const float> labels);

/// A part of the rows, by probability.
struct CalibrationBin {
    std::size_t rows = 0;
    double predicted = 0; ///< mean probability
    double seen = 0;      ///< share of yes
};
/// `bins` parts of the same size (within one), the least likely first; fewer where there are fewer rows.
[[nodiscard]] ORRERY_API std::vector<CalibrationBin>
calibrationOf(std::span<const float> probabilities, std::span<const float> labels, std::size_t bins = 10);
/// Expected calibration error: the mean over the rows of |predicted - seen| of their bin.
[[nodiscard]] ORRERY_API double expectedCalibrationError(std::span<const CalibrationBin> bins);

/// What the `share` of the rows with the highest scores (at least one) have: of equal scores the earlier rows.
struct TopShare {
    std::size_t rows = 0;
    double seen = 0;     ///< share of yes among them
    double captured = 0; ///< share of all yes that are among them; NaN where there are none
};
[[nodiscard]] ORRERY_API TopShare topShareOf(std::span<const float> scores, std::span<const float> labels,
                                             double share);

} // namespace orrery
