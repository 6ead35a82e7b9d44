// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/models/query.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery {

/// The events of a dataset by item and by person in the order of time, so that what was known at any moment can be
/// asked without a dataset of its own. "Before t" is strictly before; events without a time lie before everything.
/// Immutable, safe to ask from many threads.
class ORRERY_API EventIndex {
public:
    /// Which events of an item are counted.
    enum class Use : std::uint8_t {
        All,      ///< those that count as interactions by their kind
        Purchase, ///< of these, purchases; the same as All where no kinds are told
        Shown,    ///< impressions and skips
    };
    static constexpr std::size_t useCount = 3;

    /// O(events log events of one item or person); 8 bytes an event with a time by item, 4 by person, and 8 an item
    /// and use. Errors: Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const EventIndex>> open(std::shared_ptr<const Dataset> dataset,
                                                                        const JobContext& job);

    [[nodiscard]] const Dataset& dataset() const { return *m_dataset; }
    [[nodiscard]] const std::shared_ptr<const Dataset>& shared() const { return m_dataset; }

    /// Times of an item's events, ascending; those without a time first, as noTime. Empty beyond the catalog.
    [[nodiscard]] std::span<const Timestamp> times(Use use, ItemIndex item) const;
    /// How many of them are before `now`. O(log events of the item).
    [[nodiscard]] std::size_t countBefore(Use use, ItemIndex item, Timestamp now) const;
    /// How many lie in [now - seconds, now). O(log events of the item).
    [[nodiscard]] std::size_t countWithin(Use use, ItemIndex item, Timestamp now, Timestamp seconds) const;

    /// Places in the log of all of a person's events before `now`, oldest first, of equal times in the log's order.
    [[nodiscard]] std::span<const std::uint32_t> eventsBefore(UserIndex user, Timestamp now) const;
    /// What queryFor() of dataset().before(now) answers: the history is made of the events before `now`.
    [[nodiscard]] Query queryAt(UserIndex user, Timestamp now) const;

    [[nodiscard]] Timestamp first() const { return m_first; } ///< of all events; noTime where none has a time
    [[nodiscard]] Timestamp last() const { return m_last; }

private:
    struct Timeline {
        std::vector<std::uint64_t> starts{0};
        std::vector<Timestamp> times;
    };
    void takeItems(Use use);
    void takePeople();
    [[nodiscard]] bool isOf(Use use, std::size_t event) const;

    std::shared_ptr<const Dataset> m_dataset;
    std::array<Timeline, useCount> m_items;
    std::vector<std::uint64_t> m_personStarts{0};
    std::vector<std::uint32_t> m_personEvents;
    Timestamp m_first = noTime, m_last = noTime;
};

} // namespace orrery
