// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

namespace orrery {

/// How fast one core of this machine is beside the one that the catalogue's costs were measured on: 2 is twice as fast.
/// Measured once, on the first call, in a tenth of a second: the quickest of many runs of what training spends its time
/// with, multiply-adds of short rows from places all over a table larger than most caches. Always positive;
/// thread-safe.
[[nodiscard]] ORRERY_API double machineSpeed();

} // namespace orrery
