// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Counts events, each halved with every half-life that passed between it and the newest event of the training data:
///     score(i) = sum over the events of i of 0.5 ^ ((newest - time) / half-life)
/// Events without a time do not count. Scores: float32, sums in double.
[[nodiscard]] Algorithm trendingAlgorithm();

} // namespace orrery
