// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Bias baseline: rating = mean + item bias + person bias, by alternating least squares (Koren, TKDD 2010, section
/// 2.1; the same update as Surprise's BaselineOnly). One epoch:
///     b_i = sum of (r - mean - b_u) over the item's ratings   / (reg-items  + their number)
///     b_u = sum of (r - mean - b_i) over the person's ratings / (reg-people + their number)
/// The second line is also the fold-in, so a stored person's fold-in is the trained bias, and a history's answer is
/// closed-form. Biases: float32, one an item; the mean is a double.
/// Errors of fit: InvalidArgument for an empty dataset, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm biasAlgorithm();

} // namespace orrery
