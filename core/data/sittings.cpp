// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sittings.h"

#include "core/data/time_distance.h"

#include <algorithm>

namespace orrery {
namespace {

std::uint32_t sessionOf(const EventLog& log, std::uint32_t event)
{
    return log.sessions().empty() ? noSession : log.sessions()[event];
}

Timestamp timeOf(const EventLog& log, std::uint32_t event) { return log.times().empty() ? noTime : log.times()[event]; }

bool comesBefore(const EventLog& log, std::uint32_t a, std::uint32_t b)
{
    const std::uint32_t sessionA = sessionOf(log, a), sessionB = sessionOf(log, b);
    if (sessionA != sessionB)
        return sessionA < sessionB;
    if (sessionA == noSession && log.users()[a] != log.users()[b])
        return log.users()[a] < log.users()[b];
    const Timestamp timeA = timeOf(log, a), timeB = timeOf(log, b);
    return timeA != timeB ? timeA < timeB : a < b;
}

bool areOfOne(const EventLog& log, std::uint32_t before, std::uint32_t event)
{
    if (sessionOf(log, before) != noSession || sessionOf(log, event) != noSession)
        return sessionOf(log, before) == sessionOf(log, event);
    if (log.users()[before] != log.users()[event])
        return false;
    const Timestamp from = timeOf(log, before), to = timeOf(log, event);
    return from == noTime || to == noTime || secondsBetween(from, to) < static_cast<double>(longestPause);
}

} // namespace

Sittings sittingsOf(const EventLog& log, std::vector<std::uint32_t> events)
{
    std::ranges::sort(events, [&log](std::uint32_t a, std::uint32_t b) { return comesBefore(log, a, b); });
    Sittings out;
    out.events = std::move(events);
    for (std::size_t i = 1; i <= out.events.size(); ++i)
        if (i == out.events.size() || !areOfOne(log, out.events[i - 1], out.events[i]))
            out.starts.push_back(i);
    return out;
}

} // namespace orrery
