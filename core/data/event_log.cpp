// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/event_log.h"

#include <cassert>

namespace orrery {

void EventLog::reserve(std::size_t events, bool withTimes)
{
    m_users.reserve(events);
    m_items.reserve(events);
    m_values.reserve(events);
    if (withTimes)
        m_times.reserve(events);
}

void EventLog::append(const Event& event)
{
    if (event.at != noTime && m_times.empty())
        m_times.assign(size(), noTime);
    if (event.kind != EventKind::Rating && m_kinds.empty())
        m_kinds.assign(size(), EventKind::Rating);
    const bool timed = event.at != noTime || !m_times.empty();
    const bool kinded = event.kind != EventKind::Rating || !m_kinds.empty();
    m_users.push_back(event.user);
    m_items.push_back(event.item);
    m_values.push_back(event.value);
    if (timed)
        m_times.push_back(event.at);
    if (kinded)
        m_kinds.push_back(event.kind);
}

EventLog EventLog::fromColumns(std::vector<UserIndex> users, std::vector<ItemIndex> items, std::vector<float> values,
                               std::vector<Timestamp> times, std::vector<EventKind> kinds)
{
    assert(items.size() == users.size() && values.size() == users.size());
    assert(times.empty() || times.size() == users.size());
    assert(kinds.empty() || kinds.size() == users.size());
    EventLog log;
    log.m_users = std::move(users);
    log.m_items = std::move(items);
    log.m_values = std::move(values);
    log.m_times = std::move(times);
    log.m_kinds = std::move(kinds);
    return log;
}

Event EventLog::at(std::size_t i) const
{
    return {m_users[i], m_items[i], m_values[i], m_times.empty() ? noTime : m_times[i],
            m_kinds.empty() ? EventKind::Rating : m_kinds[i]};
}

} // namespace orrery
