// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string_view>
#include <vector>

namespace orrery {

/// Reads "1, 0.5": finite numbers >= 0, separated by commas. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<double>> parseNumbers(std::string_view text);

} // namespace orrery
