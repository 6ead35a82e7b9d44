// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/data/visit_event.h"
#include "core/models/query.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

/// A visit that is going on: what was done, in the order of time. Of it the last 50 events live, for one hour.
class ORRERY_API Visit {
public:
    static constexpr std::size_t mostEvents = 50;
    static constexpr Timestamp life = 3600; ///< seconds

    /// Keeps the order of time; of equal times the order of adding.
    void add(const VisitEvent& event);
    void undo(); ///< the event that was added last
    void clear();
    [[nodiscard]] const std::vector<VisitEvent>& events() const { return m_events; }
    /// Those that still live at `now`, oldest first: later ones have not happened yet.
    [[nodiscard]] std::span<const VisitEvent> at(Timestamp now) const;

    [[nodiscard]] std::vector<ItemIndex> viewed(Timestamp now) const; ///< views and clicks, newest first, each once
    [[nodiscard]] std::vector<ItemIndex> cart(Timestamp now) const;   ///< put there and not bought, newest first
    /// Not to be shown again in this visit: what was skipped, and not chosen later, or bought.
    [[nodiscard]] std::vector<ItemIndex> hidden(Timestamp now) const;

    /// The visitor's query with the visit on top: each event that counts adds the weight of its kind to the entry of
    /// its item, and dates it. Where values are ratings, a view counts as the least that is liked, and what says more
    /// (like, cart, purchase) as the best. A skip takes nothing away. The query is asked at `now`.
    [[nodiscard]] Query asked(const Query& visitor, const Dataset& dataset, Timestamp now) const;

private:
    std::vector<VisitEvent> m_events;
    std::vector<std::size_t> m_order; ///< places of m_events as they were added
};

/// The visits of a stored person: the sittings of all they did, earliest first; empty where events have no times.
[[nodiscard]] ORRERY_API std::vector<std::vector<VisitEvent>> visitsOf(const Dataset& dataset, UserIndex user);

} // namespace orrery
