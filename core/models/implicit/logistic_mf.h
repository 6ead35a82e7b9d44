// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Logistic matrix factorization (Johnson, NIPS workshop 2014), by stochastic gradient descent with drawn items. The
/// person's bias, which changes no order, is left out.
[[nodiscard]] Algorithm logisticMfAlgorithm();

} // namespace orrery
