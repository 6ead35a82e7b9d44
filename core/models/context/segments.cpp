// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/context/segments.h"

#include <algorithm>

namespace orrery {
namespace {

const std::vector<std::string>& wordsOf(ContextBy by)
{
    static const std::vector<std::string> days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                               "Friday", "Saturday", "Sunday"};
    static const std::vector<std::string> parts{"night", "morning", "afternoon", "evening"};
    return by == ContextBy::PartOfDay ? parts : days;
}

} // namespace

std::vector<ParamChoice> contextChoices()
{
    return {{"weekend", "Weekend or not"}, {"weekday", "Day of the week"}, {"part-of-day", "Part of the day"}};
}

const std::vector<std::string>& segmentNames(ContextBy by)
{
    static const std::vector<std::string> ends{"on working days", "at weekends"};
    static const std::vector<std::string> days{"on Mondays", "on Tuesdays",  "on Wednesdays", "on Thursdays",
                                               "on Fridays", "on Saturdays", "on Sundays"};
    static const std::vector<std::string> parts{"at night", "in the morning", "in the afternoon", "in the evening"};
    return by == ContextBy::Weekend ? ends : by == ContextBy::Weekday ? days : parts;
}

std::optional<std::size_t> segmentOf(ContextBy by, const Facts& context)
{
    const auto fact =
        std::ranges::find(context, by == ContextBy::PartOfDay ? "part of the day" : "weekday", &Fact::name);
    if (fact == context.end())
        return std::nullopt;
    const auto& words = wordsOf(by);
    const auto word = std::ranges::find(words, fact->value);
    if (word == words.end())
        return std::nullopt;
    const auto place = static_cast<std::size_t>(word - words.begin());
    return by == ContextBy::Weekend ? (place >= 5 ? 1 : 0) : place;
}

std::vector<std::uint8_t> segmentsOf(ContextBy by, const EventLog& log)
{
    std::vector<std::uint8_t> segments(log.size(), noSegment);
    for (std::size_t e = 0; e < log.times().size(); ++e)
        if (const auto segment = segmentOf(by, contextAt(log.times()[e])))
            segments[e] = static_cast<std::uint8_t>(*segment);
    return segments;
}

} // namespace orrery
