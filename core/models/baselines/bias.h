// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Bias baseline: rating = mean + item bias + person bias (Koren, TKDD 2010, section 2.1), by alternating least squares
/// or stochastic gradient descent: see ratings/rating_baseline.h. The fold-in is one half-step of ALS; trained by ALS,
/// a stored person's fold-in is the trained bias. Biases: float32, one an item; the mean is a double. Errors of fit:
/// InvalidArgument for an empty dataset, Numeric (diverged), Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm biasAlgorithm();

} // namespace orrery
