// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Bayesian personalized ranking (Rendle, Freudenthaler, Gantner & Schmidt-Thieme, UAI 2009): vectors and item biases
/// by stochastic gradient descent on pairs of a liked item and one that was not.
[[nodiscard]] Algorithm bprAlgorithm();

} // namespace orrery
