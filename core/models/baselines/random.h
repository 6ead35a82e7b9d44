// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Every item gets a number drawn uniformly from [0, 1), the same for everybody: the floor under every measure.
[[nodiscard]] Algorithm randomAlgorithm();

} // namespace orrery
