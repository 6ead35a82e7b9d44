// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/event_log.h"
#include "core/data/kind_weights.h"

#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace orrery {

/// What becomes of several events of one person with one item.
enum class Duplicates {
    Last, ///< the newest event wins (of equal or no times, the later in the file): ratings
    Sum,  ///< values add up; the time is the newest: implicit feedback
};

/// Immutable person x item matrix in CSR form, rows sorted by item index, one cell a pair.
class ORRERY_API Interactions {
public:
    struct Row {
        std::span<const ItemIndex> items; ///< ascending
        std::span<const float> values;
        std::span<const Timestamp> times; ///< empty when the log has none

        [[nodiscard]] std::size_t size() const { return items.size(); }
    };
    struct Column {
        std::span<const UserIndex> users; ///< ascending
        std::span<const float> values;
    };

    /// O(events). `users` and `items` are the sizes of the vocabularies (every index in the log is below). Values are
    /// multiplied by the weight of the event's kind; events whose kind has none are passed over.
    static Interactions derive(const EventLog& log, std::size_t users, std::size_t items, Duplicates duplicates,
                               const KindWeights& weights = KindWeights::equal());

    [[nodiscard]] std::size_t users() const { return m_starts.size() - 1; }
    [[nodiscard]] std::size_t items() const { return m_itemCount; }
    [[nodiscard]] std::size_t size() const { return m_items.size(); }
    /// Events that were folded into another of the same pair.
    [[nodiscard]] std::size_t merged() const { return m_merged; }
    [[nodiscard]] bool hasTimes() const { return !m_times.empty(); }

    /// An index past the end gives an empty row.
    [[nodiscard]] Row row(UserIndex user) const;
    [[nodiscard]] std::span<const std::uint64_t> starts() const { return m_starts; } ///< users + 1 entries
    [[nodiscard]] std::span<const ItemIndex> allItems() const { return m_items; }
    [[nodiscard]] std::span<const float> allValues() const { return m_values; }
    [[nodiscard]] std::span<const Timestamp> allTimes() const { return m_times; } ///< empty when the log has none

    /// Of each cell the event it is dated by, which tells its circumstances; empty when the log has no details.
    [[nodiscard]] std::span<const std::uint32_t> allEvents() const { return m_events; }

    /// The transpose is made on first use, once; safe from many threads.
    [[nodiscard]] Column column(ItemIndex item) const;

private:
    struct Transpose {
        std::vector<std::uint64_t> starts;
        std::vector<UserIndex> users;
        std::vector<float> values;
    };
    struct Lazy {
        std::once_flag once;
        Transpose transpose;
    };
    [[nodiscard]] const Transpose& transpose() const;

    std::vector<std::uint64_t> m_starts{0};
    std::vector<ItemIndex> m_items;
    std::vector<float> m_values;
    std::vector<Timestamp> m_times;
    std::vector<std::uint32_t> m_events;
    std::size_t m_itemCount = 0;
    std::size_t m_merged = 0;
    std::shared_ptr<Lazy> m_lazy = std::make_shared<Lazy>();
};

/// The cells that are `kept` (one flag a cell) as a log, by person and item: one event a cell, with its value and the
/// details of the event it is dated by; kinds are in the values already. `log` is what the interactions were derived
/// from.
[[nodiscard]] ORRERY_API EventLog logOf(const Interactions& interactions, const EventLog& log,
                                        const std::vector<bool>& kept);

} // namespace orrery
