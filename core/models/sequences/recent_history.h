// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/history_weigher.h"
#include "core/models/query.h"

#include <cstdint>
#include <vector>

namespace orrery {

/// How much less an entry counts for each newer one.
enum class PositionDecay {
    None,      ///< all the same
    Linear,    ///< the newest 1, the oldest of n looked at 1/n
    Quadratic, ///< the square of that
    Halving,   ///< each half of the next newer one
};

struct RecentEntry {
    std::uint32_t item = 0;
    float weight = 0; ///< the newest has 1; never 0
};

/// When an entry was made; what has no time was just typed in: it is the newest.
[[nodiscard]] Timestamp momentOf(const HistoryEntry& entry);

/// The newest `most` entries that count (by `weigher`) and whose item is below `items`, newest first; of one moment,
/// the lower item first.
[[nodiscard]] std::vector<RecentEntry> recentEntries(const History& history, std::size_t items,
                                                     const HistoryWeigher& weigher, std::size_t most,
                                                     PositionDecay decay);

} // namespace orrery
