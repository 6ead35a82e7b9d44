// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Knowledge-based recommendation (Burke 2000; Felfernig et al. 2015): what somebody says they want, hard constraints
/// and weighted preferences over attributes (core/data/wishes.h), without any history. An item scores the weights of
/// the preferences it fulfils, less `broken` for each hard constraint it breaks, plus its popularity on a scale below.
[[nodiscard]] Algorithm wishListAlgorithm();

} // namespace orrery
