// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <string_view>

namespace orrery {

/// Whether brackets of a JSON text are nested deeper than any of our files: to be asked before it is parsed, as what
/// takes nested things apart again calls itself for each level.
[[nodiscard]] ORRERY_API bool isNestedDeep(std::string_view json);

} // namespace orrery
