// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Everybody gets what most people used: the bar that a personal model must pass.
[[nodiscard]] Algorithm popularityAlgorithm();

} // namespace orrery
