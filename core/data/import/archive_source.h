// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/byte_source.h"

namespace orrery::reading {

/// The text inside a .gz file. Errors while reading: BadFile (cut short, damaged, unpacks to an absurd size).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openGzip(const std::filesystem::path& path);

} // namespace orrery::reading
