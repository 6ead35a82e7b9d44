// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/event_index.h"

#include <algorithm>

namespace orrery {

Result<std::shared_ptr<const EventIndex>> EventIndex::open(std::shared_ptr<const Dataset> dataset,
                                                           const JobContext& job)
{
    auto index = std::make_shared<EventIndex>();
    index->m_dataset = std::move(dataset);
    for (const Timestamp at : index->m_dataset->log().times()) {
        if (at == noTime)
            continue;
        index->m_first = index->m_first == noTime ? at : std::min(index->m_first, at);
        index->m_last = std::max(index->m_last, at);
    }
    for (const Use use : {Use::All, Use::Purchase, Use::Shown}) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        index->takeItems(use);
    }
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    index->takePeople();
    return index;
}

bool EventIndex::isOf(Use use, std::size_t event) const
{
    const EventLog& log = m_dataset->log();
    const EventKind kind = log.kindOf(event);
    if (use == Use::Shown)
        return kind == EventKind::Impression || kind == EventKind::Skip;
    if (m_dataset->kindWeights()[kind] <= 0)
        return false;
    return use == Use::All || kind == EventKind::Purchase || log.kinds().empty();
}

void EventIndex::takeItems(Use use)
{
    const EventLog& log = m_dataset->log();
    Timeline& timeline = m_items[static_cast<std::size_t>(use)];
    timeline.starts.assign(m_dataset->itemCount() + 1, 0);
    for (std::size_t event = 0; event < log.size(); ++event)
        timeline.starts[log.items()[event].value + 1] += isOf(use, event) ? 1 : 0;
    for (std::size_t item = 0; item + 1 < timeline.starts.size(); ++item)
        timeline.starts[item + 1] += timeline.starts[item];
    timeline.times.resize(timeline.starts.back());
    auto next = timeline.starts;
    for (std::size_t event = 0; event < log.size(); ++event)
        if (isOf(use, event))
            timeline.times[next[log.items()[event].value]++] = log.hasTimes() ? log.times()[event] : noTime;
    for (std::size_t item = 0; item + 1 < timeline.starts.size(); ++item)
        std::sort(timeline.times.begin() + static_cast<std::ptrdiff_t>(timeline.starts[item]),
                  timeline.times.begin() + static_cast<std::ptrdiff_t>(timeline.starts[item + 1]));
}

void EventIndex::takePeople()
{
    const EventLog& log = m_dataset->log();
    m_personStarts.assign(m_dataset->personCount() + 1, 0);
    for (const UserIndex user : log.users())
        ++m_personStarts[user.value + 1];
    for (std::size_t person = 0; person + 1 < m_personStarts.size(); ++person)
        m_personStarts[person + 1] += m_personStarts[person];
    m_personEvents.resize(log.size());
    auto next = m_personStarts;
    for (std::uint32_t event = 0; event < log.size(); ++event)
        m_personEvents[next[log.users()[event].value]++] = event;
    if (!log.hasTimes())
        return;
    for (std::size_t person = 0; person + 1 < m_personStarts.size(); ++person)
        std::stable_sort(m_personEvents.begin() + static_cast<std::ptrdiff_t>(m_personStarts[person]),
                         m_personEvents.begin() + static_cast<std::ptrdiff_t>(m_personStarts[person + 1]),
                         [&log](std::uint32_t a, std::uint32_t b) { return log.times()[a] < log.times()[b]; });
}

std::span<const Timestamp> EventIndex::times(Use use, ItemIndex item) const
{
    const Timeline& timeline = m_items[static_cast<std::size_t>(use)];
    if (item.value + std::size_t{1} >= timeline.starts.size())
        return {};
    const std::uint64_t first = timeline.starts[item.value];
    return std::span(timeline.times).subspan(first, timeline.starts[item.value + 1] - first);
}

std::size_t EventIndex::countBefore(Use use, ItemIndex item, Timestamp now) const
{
    const auto all = times(use, item);
    if (now == endOfTime)
        return all.size();
    return static_cast<std::size_t>(std::ranges::lower_bound(all, now) - all.begin());
}

std::size_t EventIndex::countWithin(Use use, ItemIndex item, Timestamp now, Timestamp seconds) const
{
    const Timestamp end = now == endOfTime ? m_last + 1 : now;
    if (m_last == noTime || end < noTime + 1 + seconds)
        return 0;
    const auto all = times(use, item);
    const auto from = std::ranges::lower_bound(all, end - seconds);
    return static_cast<std::size_t>(std::ranges::lower_bound(from, all.end(), end) - from);
}

std::span<const std::uint32_t> EventIndex::eventsBefore(UserIndex user, Timestamp now) const
{
    if (user.value + std::size_t{1} >= m_personStarts.size())
        return {};
    const std::uint64_t first = m_personStarts[user.value];
    const auto all = std::span(m_personEvents).subspan(first, m_personStarts[user.value + 1] - first);
    if (now == endOfTime || !m_dataset->log().hasTimes())
        return all;
    const auto times = m_dataset->log().times();
    const auto end = std::ranges::lower_bound(all, now, {}, [times](std::uint32_t event) { return times[event]; });
    return all.first(static_cast<std::size_t>(end - all.begin()));
}

Query EventIndex::queryAt(UserIndex user, Timestamp now) const
{
    const EventLog& log = m_dataset->log();
    const auto known = eventsBefore(user, now);
    std::vector<std::uint32_t> events(known.begin(), known.end());
    // As Interactions are derived: by item, equal ones in the order of the file.
    std::ranges::sort(events, [&log](std::uint32_t a, std::uint32_t b) {
        return log.items()[a] != log.items()[b] ? log.items()[a] < log.items()[b] : a < b;
    });
    const bool sums = m_dataset->feedback() == Feedback::Implicit;
    History history;
    for (const std::uint32_t event : events) {
        const float weight = m_dataset->kindWeights()[log.kindOf(event)];
        if (weight == 0)
            continue;
        const HistoryEntry entry{log.items()[event], weight * log.values()[event],
                                 log.hasTimes() ? log.times()[event] : noTime};
        if (history.empty() || history.back().item != entry.item) {
            history.push_back(entry);
            continue;
        }
        const bool newer = entry.at >= history.back().at;
        if (sums)
            history.back().value += entry.value;
        else if (newer)
            history.back().value = entry.value;
        if (newer)
            history.back().at = entry.at;
    }
    return queryFor(std::move(history), user, now, factsOf(*m_dataset, user));
}

} // namespace orrery
