// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Gates by the length of the history: the part that answers is the one whose span of lengths it falls into (Burke,
/// 2002: "switching"). The score is that part's own.
[[nodiscard]] Algorithm switchAlgorithm();

} // namespace orrery
