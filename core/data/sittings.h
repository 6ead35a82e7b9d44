// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/event_log.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Seconds: with a longer pause, or one as long, another sitting begins.
inline constexpr Timestamp longestPause = 1800;

/// Events that one person did at one time: those of one session (visit, basket, invoice); where none is told, with less
/// than half an hour between one and the next; without times, all of a person.
struct ORRERY_API Sittings {
    std::vector<std::uint32_t> events;  ///< by sitting, within one in the order of time
    std::vector<std::size_t> starts{0}; ///< sittings + 1 entries

    [[nodiscard]] std::size_t size() const { return starts.size() - 1; }
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t sitting) const
    {
        return std::span(events).subspan(starts[sitting], starts[sitting + 1] - starts[sitting]);
    }
};

/// Those of some events. Told sessions come first, in their order, then the others by person and time.
/// O(events log events).
[[nodiscard]] ORRERY_API Sittings sittingsOf(const EventLog& log, std::vector<std::uint32_t> events);

} // namespace orrery
