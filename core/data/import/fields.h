// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/event_log.h"
#include "core/data/import.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::reading {

/// Why a line was refused; rows are counted by it.
enum class Fault : std::uint8_t {
    TooFewFields,
    TooManyFields,
    EmptyPerson,
    EmptyItem,
    EmptyValue,
    NotANumber,
    NotFinite,
    NumberRange,
    OffScale,
    EmptyTime,
    NotATime,
    UnknownKind,
    ZeroByte,
    TooLong,
    OpenQuote,
    TextAfterQuote,
    ListedTwice,
    UnknownItem,
    EmptyText,
    UnknownCode,
    NotJson,
};
inline constexpr std::size_t faultCount = static_cast<std::size_t>(Fault::NotJson) + 1;

/// "too few fields", "not a number", ...
[[nodiscard]] std::string_view nameOf(Fault fault);

/// A value, or why there is none.
template <class T> struct Field {
    T value{};
    std::optional<Fault> fault;
};

/// Without the spaces and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] ORRERY_API std::string lowerCase(std::string_view text); ///< of ASCII letters
[[nodiscard]] ORRERY_API std::string upperCase(std::string_view text); ///< of ASCII letters

/// How names of columns are compared: without regard to case, blanks, '_' and '-'.
[[nodiscard]] std::string foldedName(std::string_view name);

/// A decimal number within float's range, spaces around it allowed. Faults: EmptyValue, NotANumber, NotFinite,
/// NumberRange.
[[nodiscard]] Field<float> parseValue(std::string_view text);
[[nodiscard]] std::optional<double> parseDouble(std::string_view text);

/// "3,5" as "3.5": nothing where it is not digits with one comma among them and digits behind it.
[[nodiscard]] std::optional<std::string> pointForComma(std::string_view text);
/// The same where the decimal sign is a comma; a point is none, so "3.5" is NotANumber.
[[nodiscard]] Field<float> parseCommaValue(std::string_view text);
[[nodiscard]] std::optional<double> parseCommaDouble(std::string_view text);

/// Seconds since 1970 in UTC from seconds, milli-, micro- or nanoseconds (told apart by magnitude: from the year 1973
/// on they cannot be confused), or from 2010-12-01, 2010-12-01 08:26, 2010-12-01T08:26:00.5+01:00 and the like. Faults:
/// EmptyTime, NotATime, NumberRange.
[[nodiscard]] ORRERY_API Field<Timestamp> parseTime(std::string_view text);

/// The same, and also dates in that order, as in "12/1/2010 8:26", "11/13/2019 8:36:57 AM" and "31.12.26".
[[nodiscard]] ORRERY_API Field<Timestamp> parseTime(std::string_view text, DateOrder dates);

/// The number that `text` writes when it is a whole number below `limit` in its only plain form: "0", "17", not "017".
[[nodiscard]] inline std::optional<std::uint32_t> plainNumber(std::string_view text, std::uint32_t limit)
{
    if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1))
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text) {
        const auto digit = static_cast<std::uint32_t>(static_cast<unsigned char>(c)) - '0';
        if (digit > 9)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value < limit ? std::optional(value) : std::nullopt;
}

[[nodiscard]] bool isUtf8(std::string_view text);
[[nodiscard]] std::string fromLatin1(std::string_view text);
/// The text itself when it is UTF-8, else read as Latin-1.
[[nodiscard]] std::string toUtf8(std::string_view text);
/// At most 200 bytes of valid UTF-8 to show; what is not becomes U+FFFD.
[[nodiscard]] std::string excerpt(std::string_view raw, std::size_t limit = 200);
/// The year in "Heat (1995)" or "Lost (2004-2010)".
[[nodiscard]] std::optional<int> yearInTitle(std::string_view title);

} // namespace orrery::reading
