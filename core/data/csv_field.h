// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <string>
#include <string_view>

namespace orrery {

/// Adds a field of a CSV file, in quotes where RFC 4180 asks for them or where blanks at an end would be lost.
ORRERY_API void appendCsvField(std::string& out, std::string_view text);

} // namespace orrery
