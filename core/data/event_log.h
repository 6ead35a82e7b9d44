// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/index.h"
#include "core/data/vocabulary.h"

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
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

/// What events may tell of their circumstances beside their time.
enum class EventContext : std::uint8_t { Device, Place };
inline constexpr std::array eventContexts{EventContext::Device, EventContext::Place};
/// "device", "place": in files, facts and labels.
[[nodiscard]] ORRERY_API std::string_view nameOf(EventContext context);

/// One word an event ("phone"), or none.
struct ContextColumn {
    static constexpr std::uint16_t untold = std::numeric_limits<std::uint16_t>::max();

    std::shared_ptr<const Vocabulary> words; ///< at most 65,535; may hold some that no event has
    std::vector<std::uint16_t> events;       ///< an index into `words`, or untold; empty when no event tells

    [[nodiscard]] bool empty() const { return events.empty(); }
};
using ContextColumns = std::array<ContextColumn, eventContexts.size()>;

/// Columns, in file order; every event is kept. 12 bytes an event, 8 more with times, 1 more with kinds, 2 more with
/// each context.
class ORRERY_API EventLog {
public:
    void reserve(std::size_t events, bool withTimes);
    /// Times and kinds become columns with the first event that has one. Only for logs without contexts.
    void append(const Event& event);
    /// Takes whole columns: all of the same length; `times`, `kinds` and `contexts` may be empty.
    static EventLog fromColumns(std::vector<UserIndex> users, std::vector<ItemIndex> items, std::vector<float> values,
                                std::vector<Timestamp> times, std::vector<EventKind> kinds,
                                ContextColumns contexts = {});
    /// These events, in this order, with all that is told of them.
    [[nodiscard]] EventLog select(std::span<const std::uint32_t> events) const;
    /// Event i gets the contexts of `other`'s event events[i].
    void takeContexts(const EventLog& other, std::span<const std::uint32_t> events);

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
    [[nodiscard]] const ContextColumn& context(EventContext context) const
    {
        return m_contexts[static_cast<std::size_t>(context)];
    }
    [[nodiscard]] bool hasContexts() const;
    /// Empty where it is not told. The view lives as long as the column's words.
    [[nodiscard]] std::string_view contextOf(std::size_t event, EventContext context) const;

private:
    std::vector<UserIndex> m_users;
    std::vector<ItemIndex> m_items;
    std::vector<float> m_values;
    std::vector<Timestamp> m_times;
    std::vector<EventKind> m_kinds;
    ContextColumns m_contexts;
};

} // namespace orrery
