// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/visit.h"

#include "core/data/sittings.h"

#include <algorithm>

namespace orrery {
namespace {

bool isLook(EventKind kind) { return kind == EventKind::View || kind == EventKind::Click || kind == EventKind::Play; }

void addOnce(std::vector<ItemIndex>& items, ItemIndex item)
{
    if (std::ranges::find(items, item) == items.end())
        items.push_back(item);
}

/// What an event adds to its entry where values are ratings; nothing for what says nothing of liking.
float ratingOf(EventKind kind, const Dataset& dataset)
{
    return isLook(kind) ? dataset.likedFrom() : dataset.ratingHigh();
}

} // namespace

void Visit::add(const VisitEvent& event)
{
    const auto at = std::ranges::upper_bound(m_events, event.at, {}, &VisitEvent::at) - m_events.begin();
    for (std::size_t& place : m_order)
        place += place >= static_cast<std::size_t>(at) ? 1 : 0;
    m_events.insert(m_events.begin() + at, event);
    m_order.push_back(static_cast<std::size_t>(at));
}

void Visit::undo()
{
    if (m_order.empty())
        return;
    const std::size_t last = m_order.back();
    m_order.pop_back();
    m_events.erase(m_events.begin() + static_cast<std::ptrdiff_t>(last));
    for (std::size_t& place : m_order)
        place -= place > last ? 1 : 0;
}

void Visit::clear()
{
    m_events.clear();
    m_order.clear();
}

std::span<const VisitEvent> Visit::at(Timestamp now) const
{
    const auto end = std::ranges::upper_bound(m_events, now, {}, &VisitEvent::at);
    auto begin = now == endOfTime
                     ? m_events.begin()
                     : std::lower_bound(m_events.begin(), end, now - life,
                                        [](const VisitEvent& event, Timestamp from) { return event.at <= from; });
    if (end - begin > static_cast<std::ptrdiff_t>(mostEvents))
        begin = end - static_cast<std::ptrdiff_t>(mostEvents);
    return {begin, end};
}

std::vector<ItemIndex> Visit::viewed(Timestamp now) const
{
    const auto lived = at(now);
    std::vector<ItemIndex> items;
    for (auto event = lived.rbegin(); event != lived.rend(); ++event)
        if (isLook(event->kind))
            addOnce(items, event->item);
    return items;
}

std::vector<ItemIndex> Visit::cart(Timestamp now) const
{
    const auto lived = at(now);
    std::vector<ItemIndex> items, bought;
    for (auto event = lived.rbegin(); event != lived.rend(); ++event) {
        if (event->kind == EventKind::Purchase)
            addOnce(bought, event->item);
        if (event->kind == EventKind::Cart && std::ranges::find(bought, event->item) == bought.end())
            addOnce(items, event->item);
    }
    return items;
}

std::vector<ItemIndex> Visit::hidden(Timestamp now) const
{
    const auto lived = at(now);
    std::vector<ItemIndex> items, chosen;
    for (auto event = lived.rbegin(); event != lived.rend(); ++event) {
        const bool isSkip = event->kind == EventKind::Skip;
        if (event->kind == EventKind::Purchase || (isSkip && std::ranges::find(chosen, event->item) == chosen.end()))
            addOnce(items, event->item);
        if (!isSkip && event->kind != EventKind::Impression)
            addOnce(chosen, event->item);
    }
    return items;
}

Query Visit::asked(const Query& visitor, const Dataset& dataset, Timestamp now) const
{
    const bool rated = dataset.feedback() == Feedback::Explicit;
    History history = visitor.history;
    for (const VisitEvent& event : at(now)) {
        const float weight = dataset.kindWeights()[event.kind];
        if (weight <= 0)
            continue;
        const auto entry = std::ranges::lower_bound(history, event.item, {}, &HistoryEntry::item);
        const bool isKnown = entry != history.end() && entry->item == event.item;
        HistoryEntry& changed = isKnown ? *entry : *history.insert(entry, {event.item, 0, event.at});
        changed.value = rated ? std::max(changed.value, ratingOf(event.kind, dataset)) : changed.value + weight;
        changed.at = event.at;
    }
    Query query = visitor;
    query.history = std::move(history);
    query.now = now;
    return query;
}

std::vector<std::vector<VisitEvent>> visitsOf(const Dataset& dataset, UserIndex user)
{
    const EventLog& log = dataset.log();
    std::vector<std::uint32_t> events;
    for (std::uint32_t event = 0; event < log.times().size(); ++event)
        if (log.users()[event] == user && log.times()[event] != noTime)
            events.push_back(event);
    const Sittings sittings = sittingsOf(log, std::move(events));
    std::vector<std::vector<VisitEvent>> visits(sittings.size());
    for (std::size_t sitting = 0; sitting < sittings.size(); ++sitting)
        for (const std::uint32_t event : sittings.of(sitting))
            visits[sitting].push_back({log.items()[event], log.kindOf(event), log.times()[event]});
    std::ranges::stable_sort(visits, {}, [](const std::vector<VisitEvent>& visit) { return visit.front().at; });
    return visits;
}

} // namespace orrery
