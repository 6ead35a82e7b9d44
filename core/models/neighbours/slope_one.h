// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Slope One (Lemire & Maclachlan: Slope One predictors for online rating-based collaborative filtering, SDM 2005).
/// With d_ij the mean of (rating of i - rating of j) over the c_ij people who rated both, a history with ratings r_j of
/// mean m predicts item i, over its items j with c_ij > 0, as
///     weighted  sum of c_ij (d_ij + r_j) / sum of c_ij
///     else      m + sum of d_ij / their number
/// Of each i only the `kept` items j with the most people in common are stored, ties by index: memory O(items * kept)
/// however large the catalog; with `kept` as large as the catalog nothing is left out. Where no item of the history has
/// a deviation, the bias baseline answers.
/// Errors of fit: Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm slopeOneAlgorithm();

} // namespace orrery
