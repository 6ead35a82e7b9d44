// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/event_log.h"

#include <algorithm>
#include <cassert>

namespace orrery {
namespace {

template <class T> std::vector<T> picked(const std::vector<T>& column, std::span<const std::uint32_t> events)
{
    std::vector<T> out;
    if (column.empty())
        return out;
    out.reserve(events.size());
    for (const std::uint32_t event : events)
        out.push_back(column[event]);
    return out;
}

// No column where it would say nothing.
template <class T>
std::vector<T> pickedUnless(T nothing, const std::vector<T>& column, std::span<const std::uint32_t> events)
{
    auto out = picked(column, events);
    return std::ranges::all_of(out, [nothing](T value) { return value == nothing; }) ? std::vector<T>() : out;
}

} // namespace

std::string_view nameOf(EventContext context) { return context == EventContext::Device ? "device" : "place"; }

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
    assert(!hasContexts());
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
                               std::vector<Timestamp> times, std::vector<EventKind> kinds, ContextColumns contexts)
{
    assert(items.size() == users.size() && values.size() == users.size());
    assert(times.empty() || times.size() == users.size());
    assert(kinds.empty() || kinds.size() == users.size());
    for ([[maybe_unused]] const ContextColumn& column : contexts)
        assert(column.empty() || (column.words && column.events.size() == users.size()));
    EventLog log;
    log.m_contexts = std::move(contexts);
    log.m_users = std::move(users);
    log.m_items = std::move(items);
    log.m_values = std::move(values);
    log.m_times = std::move(times);
    log.m_kinds = std::move(kinds);
    return log;
}

EventLog EventLog::select(std::span<const std::uint32_t> events) const
{
    EventLog log;
    log.m_users = picked(m_users, events);
    log.m_items = picked(m_items, events);
    log.m_values = picked(m_values, events);
    log.m_times = pickedUnless(noTime, m_times, events);
    log.m_kinds = pickedUnless(EventKind::Rating, m_kinds, events);
    log.takeContexts(*this, events);
    return log;
}

void EventLog::takeContexts(const EventLog& other, std::span<const std::uint32_t> events)
{
    assert(events.size() == size());
    for (std::size_t c = 0; c < m_contexts.size(); ++c)
        m_contexts[c] = {other.m_contexts[c].words,
                         pickedUnless(ContextColumn::untold, other.m_contexts[c].events, events)};
}

bool EventLog::hasContexts() const
{
    return std::ranges::any_of(m_contexts, [](const ContextColumn& column) { return !column.empty(); });
}

std::string_view EventLog::contextOf(std::size_t event, EventContext context) const
{
    const ContextColumn& column = this->context(context);
    if (column.empty() || column.events[event] == ContextColumn::untold)
        return {};
    return column.words->name(column.events[event]);
}

Event EventLog::at(std::size_t i) const
{
    return {m_users[i], m_items[i], m_values[i], m_times.empty() ? noTime : m_times[i],
            m_kinds.empty() ? EventKind::Rating : m_kinds[i]};
}

} // namespace orrery
