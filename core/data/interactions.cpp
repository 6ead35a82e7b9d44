// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/interactions.h"

#include <algorithm>
#include <cassert>

namespace orrery {
namespace {

// Stable counting sort: positions of `order` (all events when empty) arranged by key.
template <class Key> std::vector<std::uint32_t> arrangedBy(std::span<const Key> keys, std::size_t keyCount,
                                                           std::span<const std::uint32_t> order)
{
    std::vector<std::uint64_t> next(keyCount + 1, 0);
    for (const Key key : keys)
        ++next[key.value + 1];
    for (std::size_t i = 1; i <= keyCount; ++i)
        next[i] += next[i - 1];
    std::vector<std::uint32_t> arranged(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::uint32_t event = order.empty() ? static_cast<std::uint32_t>(i) : order[i];
        arranged[next[keys[event].value]++] = event;
    }
    return arranged;
}

} // namespace

Interactions Interactions::derive(const EventLog& log, std::size_t users, std::size_t items, Duplicates duplicates,
                                  const KindWeights& weights)
{
    Interactions out;
    out.m_itemCount = items;
    out.m_starts.assign(users + 1, 0);
    out.m_items.reserve(log.size());
    out.m_values.reserve(log.size());
    if (log.hasTimes())
        out.m_times.reserve(log.size());
    const bool detailed = log.hasDetails();
    if (detailed)
        out.m_events.reserve(log.size());

    // By item, then stably by person: rows end up sorted by item, and equal pairs in file order.
    const auto byItem = arrangedBy(log.items(), items, {});
    const auto order = arrangedBy(log.users(), users, byItem);
    UserIndex lastUser;
    for (const std::uint32_t position : order) {
        const float weight = weights[log.kindOf(position)];
        if (weight == 0)
            continue;
        const UserIndex user = log.users()[position];
        const ItemIndex item = log.items()[position];
        const float value = weight * log.values()[position];
        const Timestamp at = log.hasTimes() ? log.times()[position] : noTime;
        const bool again = user == lastUser && out.m_items.back() == item;
        lastUser = user;
        if (!again) {
            out.m_items.push_back(item);
            out.m_values.push_back(value);
            if (log.hasTimes())
                out.m_times.push_back(at);
            if (detailed)
                out.m_events.push_back(position);
            ++out.m_starts[user.value + 1];
            continue;
        }
        ++out.m_merged;
        const bool newer = !log.hasTimes() || at >= out.m_times.back();
        if (duplicates == Duplicates::Sum)
            out.m_values.back() += value;
        else if (newer)
            out.m_values.back() = value;
        if (log.hasTimes() && newer)
            out.m_times.back() = at;
        if (detailed && newer)
            out.m_events.back() = position;
    }
    for (std::size_t u = 0; u < users; ++u)
        out.m_starts[u + 1] += out.m_starts[u];
    return out;
}

Interactions::Row Interactions::row(UserIndex user) const
{
    if (user.value >= users())
        return {};
    const auto first = m_starts[user.value];
    const auto count = m_starts[user.value + 1] - first;
    Row row{std::span(m_items).subspan(first, count), std::span(m_values).subspan(first, count), {}};
    if (hasTimes())
        row.times = std::span(m_times).subspan(first, count);
    return row;
}

Interactions::Column Interactions::column(ItemIndex item) const
{
    const Transpose& t = transpose();
    if (item.value + 1 >= t.starts.size())
        return {};
    const auto first = t.starts[item.value];
    const auto count = t.starts[item.value + 1] - first;
    return {std::span(t.users).subspan(first, count), std::span(t.values).subspan(first, count)};
}

const Interactions::Transpose& Interactions::transpose() const
{
    std::call_once(m_lazy->once, [this] {
        Transpose& t = m_lazy->transpose;
        t.starts.assign(m_itemCount + 1, 0);
        for (const ItemIndex item : m_items)
            ++t.starts[item.value + 1];
        for (std::size_t i = 0; i < m_itemCount; ++i)
            t.starts[i + 1] += t.starts[i];
        t.users.resize(size());
        t.values.resize(size());
        std::vector<std::uint64_t> next(t.starts.begin(), t.starts.end() - 1);
        for (std::uint32_t u = 0; u < users(); ++u)
            for (auto cell = m_starts[u]; cell < m_starts[u + 1]; ++cell) {
                const auto to = next[m_items[cell].value]++;
                t.users[to] = UserIndex{u};
                t.values[to] = m_values[cell];
            }
    });
    return m_lazy->transpose;
}

EventLog logOf(const Interactions& interactions, const EventLog& log, const std::vector<bool>& kept)
{
    assert(kept.size() == interactions.size());
    EventLog out;
    out.reserve(static_cast<std::size_t>(std::ranges::count(kept, true)), interactions.hasTimes());
    std::vector<std::uint32_t> events;
    for (std::uint32_t user = 0; user < interactions.users(); ++user)
        for (auto cell = interactions.starts()[user]; cell < interactions.starts()[user + 1]; ++cell) {
            if (!kept[cell])
                continue;
            out.append({UserIndex{user}, interactions.allItems()[cell], interactions.allValues()[cell],
                        interactions.hasTimes() ? interactions.allTimes()[cell] : noTime});
            if (!interactions.allEvents().empty())
                events.push_back(interactions.allEvents()[cell]);
        }
    if (!events.empty())
        out.takeDetails(log, events);
    return out;
}

} // namespace orrery
