// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/moments.h"

#include "core/data/import/fields.h"

#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

Timestamp momentOf(double number)
{
    if (!std::isfinite(number))
        return noTime;
    if (number >= 1000 && number <= 3000) {
        const auto first = std::chrono::year(static_cast<int>(number)) / std::chrono::January / 1;
        return std::chrono::sys_seconds(std::chrono::sys_days(first)).time_since_epoch().count();
    }
    const auto parsed = reading::parseTime(fmt::format("{:.0f}", number));
    return parsed.fault ? noTime : parsed.value;
}

Timestamp momentOf(const std::string& text)
{
    const auto parsed = reading::parseTime(text);
    return parsed.fault ? noTime : parsed.value;
}

} // namespace

Timestamp momentOf(const AttributeColumn& column, std::size_t row)
{
    if (const auto* numbers = std::get_if<NumberColumn>(&column.data))
        return row < numbers->values.size() ? momentOf(numbers->values[row]) : noTime;
    if (const auto* texts = std::get_if<TextColumn>(&column.data))
        return row < texts->values.size() ? momentOf(texts->values[row]) : noTime;
    const auto& tags = std::get<TagColumn>(column.data);
    return tags.row(row).empty() ? noTime : momentOf(std::string(tags.vocabulary.name(tags.row(row).front())));
}

std::string dayOf(Timestamp at)
{
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (at == noTime || at == endOfTime)
        return {};
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(at)));
    const std::chrono::year_month_day date(day);
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                       months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()));
}

} // namespace orrery
