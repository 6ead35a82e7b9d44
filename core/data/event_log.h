// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/index.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace orrery {

/// Seconds since 1970, UTC.
using Timestamp = std::int64_t;
inline constexpr Timestamp noTime = std::numeric_limits<Timestamp>::min();    ///< of an event without a time
inline constexpr Timestamp endOfTime = std::numeric_limits<Timestamp>::max(); ///< "now" that hides nothing

enum class EventKind : std::uint8_t { Rating, View, Click, Cart, Purchase, Like, Play };

struct Event {
    UserIndex user;
    ItemIndex item;
    float value = 1; ///< a rating, or a strength (1 where the file has none)
    Timestamp at = noTime;
    EventKind kind = EventKind::Rating;
};

/// Columns, in file order; every event is kept. 12 bytes an event, 8 more with times, 1 more with kinds.
class ORRERY_API EventLog {
public:
    void reserve(std::size_t events, bool withTimes);
    /// Times and kinds become columns with the first event that has one.
    void append(const Event& event);
    /// Takes whole columns: all of the same length; `times` and `kinds` may be empty.
    static EventLog fromColumns(std::vector<UserIndex> users, std::vector<ItemIndex> items, std::vector<float> values,
                                std::vector<Timestamp> times, std::vector<EventKind> kinds);

    [[nodiscard]] std::size_t size() const { return m_users.size(); }
    [[nodiscard]] bool empty() const { return m_users.empty(); }
    [[nodiscard]] bool hasTimes() const { return !m_times.empty(); }
    [[nodiscard]] Event at(std::size_t i) const;

    [[nodiscard]] std::span<const UserIndex> users() const { return m_users; }
    [[nodiscard]] std::span<const ItemIndex> items() const { return m_items; }
    [[nodiscard]] std::span<const float> values() const { return m_values; }
    /// Empty when no event has a time.
    [[nodiscard]] std::span<const Timestamp> times() const { return m_times; }
    /// Empty when all events are ratings.
    [[nodiscard]] std::span<const EventKind> kinds() const { return m_kinds; }

private:
    std::vector<UserIndex> m_users;
    std::vector<ItemIndex> m_items;
    std::vector<float> m_values;
    std::vector<Timestamp> m_times;
    std::vector<EventKind> m_kinds;
};

} // namespace orrery
