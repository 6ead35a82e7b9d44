// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/query.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace orrery {

Facts factsOf(const Dataset& dataset, UserIndex user)
{
    Facts facts;
    for (const AttributeColumn& column : dataset.people().columns()) {
        if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
            for (const std::uint32_t tag : tags->row(user.value))
                facts.push_back({column.name, std::string(tags->vocabulary.name(tag))});
            continue;
        }
        if (std::string value = dataset.people().show(column.name, user.value); !value.empty())
            facts.push_back({column.name, std::move(value)});
    }
    return facts;
}

Facts contextAt(Timestamp at)
{
    if (at == noTime || at == endOfTime)
        return {};
    static constexpr std::array weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    static constexpr std::array parts{"night", "morning", "afternoon", "evening"};
    const auto moment = std::chrono::sys_seconds(std::chrono::seconds(at));
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const auto hour = std::chrono::duration_cast<std::chrono::hours>(moment - day).count();
    return {{std::string(weekdayFact), weekdays.at(std::chrono::weekday(day).c_encoding())},
            {std::string(partOfDayFact), parts.at(static_cast<std::size_t>(hour) / 6)}};
}

Facts contextOf(const EventLog& log, std::size_t event)
{
    Facts facts = contextAt(log.at(event).at);
    for (const EventContext context : eventContexts)
        if (const auto word = log.contextOf(event, context); !word.empty())
            facts.push_back({std::string(nameOf(context)), std::string(word)});
    return facts;
}

Query queryFor(const Dataset& dataset, UserIndex user, Timestamp now)
{
    const auto row = dataset.interactions().row(user);
    History history;
    history.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        history.push_back({row.items[i], row.values[i], row.times.empty() ? noTime : row.times[i]});
    return queryFor(std::move(history), user, now, factsOf(dataset, user));
}

Query queryFor(History history, std::optional<UserIndex> user, Timestamp now, Facts who)
{
    if (now != endOfTime)
        std::erase_if(history, [now](const HistoryEntry& entry) { return entry.at >= now; });
    std::ranges::stable_sort(history, {}, &HistoryEntry::item);
    // Of equal items keep the last: unique from the back.
    const auto kept =
        std::unique(history.rbegin(), history.rend(), [](const auto& a, const auto& b) { return a.item == b.item; });
    history.erase(history.begin(), kept.base());
    return {std::move(history), user, now, std::move(who), contextAt(now)};
}

} // namespace orrery
