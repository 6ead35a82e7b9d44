// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/params/param_table.h"

#include <fmt/format.h>

namespace orrery {

std::string shortestDecimal(float value) { return fmt::format("{}", value); }

} // namespace orrery
