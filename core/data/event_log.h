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

/// Stored by number: new ones go to the end.
enum class EventKind : std::uint8_t {
    Rating,
    View,
    Click,
    Cart,
    Purchase,
    Like,
    Play,
    Skip,       ///< shown, and passed over
    Impression, ///< shown; what came of it is not told
};
inline constexpr std::size_t eventKindCount = static_cast<std::size_t>(EventKind::Impression) + 1;
/// "rating", "view", ...: in files and options.
[[nodiscard]] ORRERY_API std::string_view nameOf(EventKind kind);

inline constexpr std::uint32_t noSession = std::numeric_limits<std::uint32_t>::max();
inline constexpr float noPrice = std::numeric_limits<float>::quiet_NaN();

struct Event {
    UserIndex user;
    ItemIndex item;
    float value = 1; ///< a rating, or a strength (1 where the file has none)
    Timestamp at = noTime;
    EventKind kind = EventKind::Rating;
    std::uint32_t session = noSession; ///< a visit, basket or invoice: events of one code belong together
    std::uint16_t position = 0;        ///< place in the list where the item was shown, from 1; 0: untold
    float price = noPrice;             ///< of one unit
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

/// What a shop or a page tells of its events; a column that tells nothing is empty.
struct ShopColumns {
    std::vector<std::uint32_t> sessions;  ///< 0, 1, ... by first appearance, or noSession
    std::vector<std::uint16_t> positions; ///< from 1; 0: untold
    std::vector<float> prices;            ///< finite, or NaN: untold
};

/// Columns, in file order; every event is kept. 12 bytes an event, 8 more with times, 1 more with kinds, 2 more with
/// each context, 4 more with sessions, 2 with positions, 4 with prices.
class ORRERY_API EventLog {
public:
    void reserve(std::size_t events, bool withTimes);
    /// What an event may tell becomes a column with the first that does. Only for logs without contexts; a session is
    /// one that was there, or the next number.
    void append(const Event& event);
    /// Takes whole columns: all of the same length; all but users, items and values may be empty. Sessions are
    /// numbered anew by first appearance; memory goes by the largest number.
    static EventLog fromColumns(std::vector<UserIndex> users, std::vector<ItemIndex> items, std::vector<float> values,
                                std::vector<Timestamp> times, std::vector<EventKind> kinds,
                                ContextColumns contexts = {}, ShopColumns shop = {});
    /// These events, in this order, with all that is told of them. Sessions are numbered anew.
    [[nodiscard]] EventLog select(std::span<const std::uint32_t> events) const;
    /// Event i gets the contexts, session, position and price of `other`'s event events[i].
    void takeDetails(const EventLog& other, std::span<const std::uint32_t> events);

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
    /// Empty when no event has one; else 0, 1, ... by first appearance, or noSession.
    [[nodiscard]] std::span<const std::uint32_t> sessions() const { return m_shop.sessions; }
    /// O(events).
    [[nodiscard]] std::uint32_t sessionCount() const;
    /// Empty when no event has one; 0 where it is not told.
    [[nodiscard]] std::span<const std::uint16_t> positions() const { return m_shop.positions; }
    /// Empty when no event has one; NaN where it is not told.
    [[nodiscard]] std::span<const float> prices() const { return m_shop.prices; }
    /// Whether an event tells anything beside its time and kind.
    [[nodiscard]] bool hasDetails() const;
    [[nodiscard]] EventKind kindOf(std::size_t event) const
    {
        return m_kinds.empty() ? EventKind::Rating : m_kinds[event];
    }
    /// Empty where it is not told. The view lives as long as the column's words.
    [[nodiscard]] std::string_view contextOf(std::size_t event, EventContext context) const;

private:
    std::vector<UserIndex> m_users;
    std::vector<ItemIndex> m_items;
    std::vector<float> m_values;
    std::vector<Timestamp> m_times;
    std::vector<EventKind> m_kinds;
    ContextColumns m_contexts;
    ShopColumns m_shop;
};

} // namespace orrery
