// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/attribute_table.h"
#include "core/data/event_log.h"

#include <string>

namespace orrery {

/// The moment that a cell tells: a text as readers read times, a number as seconds (milli-, micro-) since 1970, from
/// 1000 to 3000 as the first of January of that year. noTime where it tells none.
[[nodiscard]] ORRERY_API Timestamp momentOf(const AttributeColumn& column, std::size_t row);

/// "12 Dec 2010", in UTC; "" of noTime and endOfTime.
[[nodiscard]] ORRERY_API std::string dayOf(Timestamp at);

} // namespace orrery
