// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Newest first: by the year of release (the items' number "year"), or by the time of the first event. Where an item
/// lacks the one that was asked for, the other stands in; items without either come last. Scores are years, a time as
/// a fraction of its year (365.2425 days).
[[nodiscard]] Algorithm newestAlgorithm();

} // namespace orrery
