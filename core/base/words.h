// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

/// A count as it is shown: "9,614".
[[nodiscard]] ORRERY_API std::string grouped(std::uint64_t count);
/// A count with its noun: "1 file", "9,614 files". `plural` where an "s" is not enough.
[[nodiscard]] ORRERY_API std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});

/// The day of a moment in seconds since 1970, UTC: "3 August 2016".
[[nodiscard]] ORRERY_API std::string dateText(std::int64_t at);

} // namespace orrery
