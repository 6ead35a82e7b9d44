// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/byte_source.h"

namespace orrery::reading {

/// The text of `source` as every reader wants it: UTF-16 that begins with a byte order mark becomes UTF-8, and where
/// the first 64 KiB end their lines with carriage returns alone, each of these becomes a newline. Anything else passes
/// through as it is. What was done stands in remark(). Errors: those of `source`; BadFile for UTF-16 that is damaged.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> asText(Result<std::unique_ptr<ByteSource>> source);

} // namespace orrery::reading
