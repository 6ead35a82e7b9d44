// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/numbers_text.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

} // namespace

Result<std::vector<double>> parseNumbers(std::string_view text)
{
    std::vector<double> numbers;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        const std::string_view word = trimmed(text.substr(0, comma));
        double number = 0;
        const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (failure != std::errc{} || end != word.data() + word.size() || !std::isfinite(number) || number < 0)
            return error(Code::InvalidArgument, fmt::format("'{}' is not a number of at least 0", word),
                         "Write numbers separated by commas: 1, 0.5");
        numbers.push_back(number);
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
    }
    return numbers;
}

} // namespace orrery
