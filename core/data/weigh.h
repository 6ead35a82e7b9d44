// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/import.h"

namespace orrery {

/// All that was read, with other weights of the kinds of events; its recipe, where it was joined by one, keeps them for
/// the next files. O(events). Errors: InvalidArgument where nothing would count.
[[nodiscard]] ORRERY_API Result<Imported> weighed(Imported whole, const KindWeights& weights);

} // namespace orrery
