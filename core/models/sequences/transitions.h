// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Item transitions: a Markov chain over items (Rendle, Freudenthaler & Schmidt-Thieme, WWW 2010, without the person's
/// factors), with decay in both directions. In training, each entry of a history speaks for those that come within
/// `window` after it, the next one 1, the second 1/2, ...; shares of all that it speaks for are transition
/// probabilities, of which the largest are kept. A score is the sum over the newest entries of a history of their
/// weight by recency times the probability of the item after them.
[[nodiscard]] Algorithm transitionsAlgorithm();

} // namespace orrery
