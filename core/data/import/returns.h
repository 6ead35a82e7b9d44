// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/event_log.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::reading {

/// One line of an invoice: units bought (above 0) or given back (below 0).
struct SaleLine {
    UserIndex user;
    ItemIndex item;
    float quantity = 0;
    Timestamp at = noTime;
};

/// What is left of the lines once goods were given back.
struct NettedSales {
    std::vector<float> quantities; ///< a line; 0: nothing is left of it
    std::uint64_t returns = 0;     ///< lines with less than nothing
    std::uint64_t matched = 0;     ///< those whose units were all bought before
    std::uint64_t gone = 0;        ///< purchases of which nothing is left
    std::uint64_t shortened = 0;   ///< purchases of which less is left
};

/// Takes every return off the same person's earlier purchases of the item (those of the same moment count as earlier),
/// the newest first; what was not bought before is dropped. O(n log n) of the lines of pairs with returns.
[[nodiscard]] NettedSales netted(std::span<const SaleLine> lines);

} // namespace orrery::reading
