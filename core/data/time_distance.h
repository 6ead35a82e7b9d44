// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/event_log.h"

#include <cstdint>

namespace orrery {

// Moments of strangers may be too far apart for a Timestamp to hold what lies between them.

/// Seconds from one moment to another, below 0 where it lies before; exact up to 2^53.
[[nodiscard]] inline double secondsBetween(Timestamp from, Timestamp to)
{
    return static_cast<double>(to) - static_cast<double>(from);
}

/// Seconds from `first` to `last`, which is not before it; exact.
[[nodiscard]] inline std::uint64_t distanceOf(Timestamp first, Timestamp last)
{
    return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
}

/// `seconds` >= 0 before `at`; the first moment there is where that would be earlier still.
[[nodiscard]] inline Timestamp earlierBy(Timestamp at, Timestamp seconds)
{
    constexpr Timestamp firstMoment = noTime + 1;
    return at < firstMoment + seconds ? firstMoment : at - seconds;
}

} // namespace orrery
