// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::testing {

/// Names and texts of the files in an archive, in order.
using Members = std::vector<std::pair<std::string, std::string>>;

/// A zip archive. Members are deflated, or kept as they are with `store`.
[[nodiscard]] std::string zipOf(const Members& members, bool store = false);
[[nodiscard]] std::string gzipOf(std::string_view text);

/// Writes `value` (little-endian, `bytes` of them) at `offset` into every header of the archive's directory, and at
/// `localOffset` into every header before the data; see APPNOTE 4.3.7 and 4.3.12 for what stands where.
[[nodiscard]] std::string withField(std::string zip, std::size_t localOffset, std::size_t offset, std::uint32_t value,
                                    std::size_t bytes);

} // namespace orrery::testing
