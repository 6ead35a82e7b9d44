// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/event_index.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace orrery {

/// The moments for which lists of what everybody does are made: an eighth of a half-life apart, so that questions of
/// about the same time share one, and none looks beyond its question.
class MomentGrid {
public:
    explicit MomentGrid(const EventIndex& events);
    [[nodiscard]] Timestamp halfLife() const
    {
        return m_halfLife;
    } ///< a fiftieth of the time of all events; >= an hour
    /// The newest moment of the grid that is not after `now`; one after the last event for endOfTime. endOfTime where
    /// no event has a time.
    [[nodiscard]] Timestamp before(Timestamp now) const;

private:
    Timestamp m_halfLife, m_last;
};

/// Something that is worked out for a moment and kept for the next question of that moment. Safe from many threads.
template <class Value> class KeptByMoment {
public:
    using Make = std::function<Value(Timestamp)>;
    explicit KeptByMoment(Make make) : m_make(std::move(make)) {}

    [[nodiscard]] std::shared_ptr<const Value> at(Timestamp moment) const
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (const auto there = m_values.find(moment); there != m_values.end())
                return there->second;
        }
        auto made = std::make_shared<const Value>(m_make(moment));
        const std::scoped_lock lock(m_mutex);
        if (m_values.size() >= mostKept)
            m_values.erase(m_values.begin()); // the oldest moment
        return m_values.try_emplace(moment, std::move(made)).first->second;
    }

private:
    static constexpr std::size_t mostKept = 64;
    Make m_make;
    mutable std::mutex m_mutex;
    mutable std::map<Timestamp, std::shared_ptr<const Value>> m_values;
};

} // namespace orrery
