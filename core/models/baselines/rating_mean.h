// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// An item's mean rating, held towards the mean of all: with n ratings and strength C,
///     score(i) = mean + sum of (r - mean) / (n + C)
/// which is the posterior mean under a normal prior worth C ratings.
[[nodiscard]] Algorithm ratingMeanAlgorithm();

} // namespace orrery
