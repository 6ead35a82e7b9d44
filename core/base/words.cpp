// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

namespace orrery {

std::string grouped(std::uint64_t count)
{
    const std::string digits = std::to_string(count);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0)
            text += ',';
        text += digits[i];
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural)
{
    if (count == 1)
        return fmt::format("1 {}", noun);
    return plural.empty() ? fmt::format("{} {}s", grouped(count), noun) : fmt::format("{} {}", grouped(count), plural);
}

std::string dateText(std::int64_t at)
{
    static constexpr std::array months = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
    const std::chrono::sys_seconds moment{std::chrono::seconds{at}};
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(moment)};
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

} // namespace orrery
