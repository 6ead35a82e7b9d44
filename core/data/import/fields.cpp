// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace orrery::reading {
namespace {

constexpr std::string_view spaces = " \t";

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// "4", "4.0", "3.5": nearly all ratings there are.
std::optional<float> shortNumber(std::string_view text)
{
    if (text.empty() || text.size() > 6 || !isDigit(text[0]))
        return std::nullopt;
    std::uint32_t digits = 0;
    std::size_t decimals = 0;
    bool point = false;
    for (const char c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!isDigit(c))
            return std::nullopt;
        digits = digits * 10 + static_cast<std::uint32_t>(c - '0');
        decimals += point;
    }
    // Both are exact in float below 2^24, so that the quotient is the nearest float, as from_chars would give.
    constexpr std::array<float, 6> powers = {1.F, 10.F, 100.F, 1000.F, 10000.F, 100000.F};
    return decimals == 0 ? static_cast<float>(digits) : static_cast<float>(digits) / powers[decimals];
}

template <class T> Field<T> parseFinite(std::string_view text)
{
    text = trimmed(text);
    if (text.empty())
        return {T{}, Fault::EmptyValue};
    if (text.size() > 1 && text[0] == '+' && text[1] != '-')
        text.remove_prefix(1);
    T value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || failed == std::errc::invalid_argument)
        return {T{}, Fault::NotANumber};
    if (failed == std::errc::result_out_of_range)
        return {T{}, Fault::NumberRange};
    if (!std::isfinite(value))
        return {T{}, Fault::NotFinite};
    return {value, {}};
}

Timestamp floorDivide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0); }

Timestamp toSeconds(std::int64_t count)
{
    const auto size = count < 0 ? -static_cast<double>(count) : static_cast<double>(count);
    if (size < 1e11)
        return count;
    return floorDivide(count, size < 1e14 ? 1'000 : size < 1e17 ? 1'000'000 : 1'000'000'000);
}

// Takes `digits` digits off the front.
std::optional<int> take(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(digits), isDigit))
        return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i)
        value = value * 10 + (text[i] - '0');
    text.remove_prefix(digits);
    return value;
}

bool skip(std::string_view& text, std::string_view anyOf)
{
    if (text.empty() || anyOf.find(text[0]) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Timestamp> takeDate(std::string_view& text)
{
    const auto year = take(text, 4);
    if (!year || !skip(text, "-/"))
        return std::nullopt;
    const auto month = take(text, 2);
    if (!month || !skip(text, "-/"))
        return std::nullopt;
    const auto day = take(text, 2);
    if (!day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok())
        return std::nullopt;
    return static_cast<Timestamp>(std::chrono::sys_days(date).time_since_epoch().count()) * 86'400;
}

// Hours, minutes and, where given, seconds; as seconds.
std::optional<Timestamp> takeClock(std::string_view& text)
{
    const auto hour = take(text, 2);
    if (!hour || !skip(text, ":"))
        return std::nullopt;
    const auto minute = take(text, 2);
    int second = 0;
    if (skip(text, ":")) {
        const auto given = take(text, 2);
        if (!given)
            return std::nullopt;
        second = *given;
        if (skip(text, "."))
            while (!text.empty() && isDigit(text[0]))
                text.remove_prefix(1);
    }
    if (!minute || *hour > 23 || *minute > 59 || second > 60)
        return std::nullopt;
    return *hour * 3'600 + *minute * 60 + second;
}

std::optional<Timestamp> takeZone(std::string_view& text)
{
    if (text.empty() || skip(text, "Zz"))
        return 0;
    const Timestamp sign = text[0] == '-' ? -1 : 1;
    if (!skip(text, "+-"))
        return std::nullopt;
    const auto hour = take(text, 2);
    skip(text, ":");
    const auto minute = text.empty() ? std::optional(0) : take(text, 2);
    if (!hour || !minute)
        return std::nullopt;
    return sign * (*hour * 3'600 + *minute * 60);
}

std::optional<Timestamp> parseDate(std::string_view text)
{
    const auto day = takeDate(text);
    if (!day || text.empty())
        return day;
    if (!skip(text, " T"))
        return std::nullopt;
    const auto clock = takeClock(text);
    if (!clock)
        return std::nullopt;
    text = trimmed(text);
    const auto zone = takeZone(text);
    if (!zone || !text.empty())
        return std::nullopt;
    return *day + *clock - *zone;
}

// One or two digits.
std::optional<int> takeShort(std::string_view& text) { return take(text, text.size() > 1 && isDigit(text[1]) ? 2 : 1); }

// 8:36 and 8:36:57, with AM or PM behind, or of 24 hours.
std::optional<Timestamp> takeShortClock(std::string_view& text)
{
    const auto hour = takeShort(text);
    if (!hour || text.empty())
        return std::nullopt;
    std::string padded = fmt::format("{:02}{}", *hour, text.substr(0, text.find(' ')));
    const std::string half = lowerCase(trimmed(text.substr(std::min(text.size(), text.find(' ')))));
    std::string_view rest = padded;
    const auto clock = takeClock(rest);
    text = {};
    if (!clock || !rest.empty() || half.empty())
        return rest.empty() ? clock : std::nullopt;
    if ((half != "am" && half != "pm") || *hour < 1 || *hour > 12)
        return std::nullopt;
    return *clock + ((half == "pm" ? 12 : 0) - (*hour == 12 ? 12 : 0)) * 3'600;
}

// Four digits, or two of this century.
std::optional<int> takeYear(std::string_view& text)
{
    if (text.size() >= 4 && isDigit(text[2]) && isDigit(text[3]))
        return take(text, 4);
    const auto year = take(text, 2);
    return year ? std::optional(2'000 + *year) : std::nullopt;
}

// Day and month, in either order, then the year.
std::optional<Timestamp> parseYearLast(std::string_view text, bool dayFirst)
{
    const auto first = takeShort(text);
    if (!first || text.empty())
        return std::nullopt;
    const std::string_view part = text.substr(0, 1);
    if (!skip(text, "/.-"))
        return std::nullopt;
    const auto second = takeShort(text);
    if (!second || !skip(text, part))
        return std::nullopt;
    const auto year = takeYear(text);
    if (!year)
        return std::nullopt;
    const std::string plain =
        fmt::format("{:04}-{:02}-{:02}", *year, dayFirst ? *second : *first, dayFirst ? *first : *second);
    std::string_view rest = plain;
    const auto date = takeDate(rest);
    if (!date || text.empty())
        return date;
    if (!skip(text, " ,T"))
        return std::nullopt;
    text = trimmed(text);
    const auto clock = takeShortClock(text);
    return clock ? std::optional(*date + *clock) : std::nullopt;
}

// Length of the well-formed sequence at the front (RFC 3629: no overlong forms, no surrogates); 0 where there is none.
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto goesOn = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return goesOn(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned second = byte(1);
        const bool fine = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second <= 0x9F);
        return fine && goesOn(1) && goesOn(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned second = byte(1);
        const bool fine = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second <= 0x8F);
        return fine && goesOn(1) && goesOn(2) && goesOn(3) ? 4 : 0;
    }
    return 0;
}

} // namespace

std::string_view nameOf(Fault fault)
{
    static constexpr std::array<std::string_view, faultCount> names = {"too few fields",
                                                                       "too many fields",
                                                                       "no person id",
                                                                       "no item id",
                                                                       "no value",
                                                                       "not a number",
                                                                       "not a finite number",
                                                                       "number out of range",
                                                                       "rating out of scale",
                                                                       "no time",
                                                                       "not a time",
                                                                       "unknown event kind",
                                                                       "zero byte",
                                                                       "line too long",
                                                                       "quote not closed",
                                                                       "text after a closing quote",
                                                                       "listed twice",
                                                                       "unknown item",
                                                                       "empty text",
                                                                       "unknown code",
                                                                       "not JSON"};
    return names[static_cast<std::size_t>(fault)];
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::string lowerCase(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string upperCase(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::string foldedName(std::string_view name)
{
    std::string out = lowerCase(trimmed(name));
    std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-'; });
    return out;
}

Field<float> parseValue(std::string_view text)
{
    if (const auto value = shortNumber(text))
        return {*value, {}};
    return parseFinite<float>(text);
}

std::optional<double> parseDouble(std::string_view text)
{
    const auto parsed = parseFinite<double>(text);
    return parsed.fault ? std::nullopt : std::optional(parsed.value);
}

std::optional<std::string> pointForComma(std::string_view text)
{
    std::string out(trimmed(text));
    const std::size_t comma = out.find(',');
    if (comma == std::string::npos || comma + 1 == out.size())
        return std::nullopt;
    const std::size_t first = out[0] == '-' || out[0] == '+' ? 1 : 0;
    for (std::size_t i = first; i < out.size(); ++i)
        if (i != comma && !isDigit(out[i]))
            return std::nullopt;
    out[comma] = '.';
    return out;
}

Field<float> parseCommaValue(std::string_view text)
{
    if (const auto point = pointForComma(text))
        return parseValue(*point);
    return text.find('.') == std::string_view::npos ? parseValue(text) : Field<float>{0, Fault::NotANumber};
}

std::optional<double> parseCommaDouble(std::string_view text)
{
    if (const auto point = pointForComma(text))
        return parseDouble(*point);
    return text.find('.') == std::string_view::npos ? parseDouble(text) : std::nullopt;
}

Field<Timestamp> parseTime(std::string_view text)
{
    std::int64_t count = 0;
    if (const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
        failed == std::errc() && end == text.data() + text.size())
        return {toSeconds(count), {}};
    text = trimmed(text);
    if (text.empty())
        return {noTime, Fault::EmptyTime};
    if (const auto date = parseDate(text))
        return {*date, {}};
    const auto number = parseFinite<double>(text);
    if (number.fault)
        return {noTime, number.fault == Fault::NumberRange ? Fault::NumberRange : Fault::NotATime};
    if (std::abs(number.value) >= 9e18)
        return {noTime, Fault::NumberRange};
    return {toSeconds(static_cast<std::int64_t>(std::floor(number.value))), {}};
}

Field<Timestamp> parseTime(std::string_view text, DateOrder dates)
{
    if (dates != DateOrder::YearFirst)
        if (const auto time = parseYearLast(trimmed(text), dates == DateOrder::DayFirst))
            return {*time, {}};
    return parseTime(text);
}

bool isUtf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string fromLatin1(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | (byte >> 6));
            out += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return out;
}

std::string toUtf8(std::string_view text) { return isUtf8(text) ? std::string(text) : fromLatin1(text); }

std::string excerpt(std::string_view raw, std::size_t limit)
{
    std::string out;
    while (!raw.empty()) {
        const std::size_t length = sequenceLength(raw);
        const std::string_view shown =
            length == 0 || raw[0] == '\0' ? std::string_view("\xEF\xBF\xBD") : raw.substr(0, length);
        if (out.size() + shown.size() > limit)
            break;
        out += shown;
        raw.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out;
}

std::optional<int> yearInTitle(std::string_view title)
{
    const std::size_t open = title.rfind('(');
    const std::size_t close = title.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open + 5)
        return std::nullopt;
    std::string_view inner = title.substr(open + 1, close - open - 1);
    const auto year = take(inner, 4);
    if (!year || (!inner.empty() && isDigit(inner[0])))
        return std::nullopt;
    return year;
}

} // namespace orrery::reading
