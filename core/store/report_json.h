// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/import.h"

#include <string>
#include <string_view>

namespace orrery::store {

/// An import report as one JSON object; bytes that are not UTF-8 are replaced.
[[nodiscard]] ORRERY_API std::string toJson(const ImportReport& report);
/// Errors: Corrupt.
[[nodiscard]] Result<ImportReport> reportFromJson(std::string_view json);

} // namespace orrery::store
