// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/event_log.h"

#include <algorithm>
#include <cassert>
#include <cmath>

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

bool tellsNothing(std::uint32_t session) { return session == noSession; }
bool tellsNothing(std::uint16_t position) { return position == 0; }
bool tellsNothing(float price) { return std::isnan(price); }

template <class T> void dropIfSilent(std::vector<T>& column)
{
    if (std::ranges::all_of(column, [](T value) { return tellsNothing(value); }))
        column = {};
}

// 0, 1, ... by first appearance.
void renumber(std::vector<std::uint32_t>& sessions)
{
    std::uint32_t most = 0;
    for (const std::uint32_t session : sessions)
        most = session == noSession ? most : std::max(most, session);
    std::vector<std::uint32_t> codes(sessions.empty() ? 0 : std::size_t{most} + 1, noSession);
    std::uint32_t next = 0;
    for (std::uint32_t& session : sessions) {
        if (session == noSession)
            continue;
        std::uint32_t& code = codes[session];
        code = code == noSession ? next++ : code;
        session = code;
    }
}

// There are many ways to write NaN; one has one hash.
float plainPrice(float price) { return std::isfinite(price) ? price : noPrice; }

// The column begins with the first event that tells something.
template <class T> void appendTo(std::vector<T>& column, T value, std::size_t before, T nothing)
{
    if (column.empty() && tellsNothing(value))
        return;
    column.resize(before, nothing);
    column.push_back(value);
}

} // namespace

std::string_view nameOf(EventKind kind)
{
    static constexpr std::array<std::string_view, eventKindCount> names = {
        "rating", "view", "click", "cart", "purchase", "like", "play", "skip", "impression"};
    return names[static_cast<std::size_t>(kind)];
}

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
    appendTo(m_shop.sessions, event.session, size(), noSession);
    appendTo(m_shop.positions, event.position, size(), std::uint16_t{0});
    appendTo(m_shop.prices, plainPrice(event.price), size(), noPrice);
    m_users.push_back(event.user);
    m_items.push_back(event.item);
    m_values.push_back(event.value);
    if (timed)
        m_times.push_back(event.at);
    if (kinded)
        m_kinds.push_back(event.kind);
}

EventLog EventLog::fromColumns(std::vector<UserIndex> users, std::vector<ItemIndex> items, std::vector<float> values,
                               std::vector<Timestamp> times, std::vector<EventKind> kinds, ContextColumns contexts,
                               ShopColumns shop)
{
    assert(items.size() == users.size() && values.size() == users.size());
    assert(times.empty() || times.size() == users.size());
    assert(kinds.empty() || kinds.size() == users.size());
    for ([[maybe_unused]] const ContextColumn& column : contexts)
        assert(column.empty() || (column.words && column.events.size() == users.size()));
    assert(shop.sessions.empty() || shop.sessions.size() == users.size());
    assert(shop.positions.empty() || shop.positions.size() == users.size());
    assert(shop.prices.empty() || shop.prices.size() == users.size());
    EventLog log;
    log.m_contexts = std::move(contexts);
    log.m_shop = std::move(shop);
    std::ranges::transform(log.m_shop.prices, log.m_shop.prices.begin(), plainPrice);
    renumber(log.m_shop.sessions);
    dropIfSilent(log.m_shop.sessions);
    dropIfSilent(log.m_shop.positions);
    dropIfSilent(log.m_shop.prices);
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
    log.takeDetails(*this, events);
    return log;
}

void EventLog::takeDetails(const EventLog& other, std::span<const std::uint32_t> events)
{
    assert(events.size() == size());
    for (std::size_t c = 0; c < m_contexts.size(); ++c)
        m_contexts[c] = {other.m_contexts[c].words,
                         pickedUnless(ContextColumn::untold, other.m_contexts[c].events, events)};
    m_shop = {picked(other.m_shop.sessions, events), picked(other.m_shop.positions, events),
              picked(other.m_shop.prices, events)};
    renumber(m_shop.sessions);
    dropIfSilent(m_shop.sessions);
    dropIfSilent(m_shop.positions);
    dropIfSilent(m_shop.prices);
}

bool EventLog::hasContexts() const
{
    return std::ranges::any_of(m_contexts, [](const ContextColumn& column) { return !column.empty(); });
}

bool EventLog::hasDetails() const
{
    return hasContexts() || !m_shop.sessions.empty() || !m_shop.positions.empty() || !m_shop.prices.empty();
}

std::uint32_t EventLog::sessionCount() const
{
    std::uint32_t count = 0;
    for (const std::uint32_t session : m_shop.sessions)
        count = session == noSession ? count : std::max(count, session + 1);
    return count;
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
    return {m_users[i],
            m_items[i],
            m_values[i],
            m_times.empty() ? noTime : m_times[i],
            kindOf(i),
            m_shop.sessions.empty() ? noSession : m_shop.sessions[i],
            m_shop.positions.empty() ? std::uint16_t{0} : m_shop.positions[i],
            m_shop.prices.empty() ? noPrice : m_shop.prices[i]};
}

} // namespace orrery
