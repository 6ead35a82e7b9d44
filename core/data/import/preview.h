// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/import.h"

namespace orrery::reading {

/// As previewTable, cut by `separator` where one is given.
[[nodiscard]] ORRERY_API Result<TablePreview> previewCutBy(const std::filesystem::path& path,
                                                           std::string_view separator);

} // namespace orrery::reading
