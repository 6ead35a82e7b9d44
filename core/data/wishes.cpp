// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/wishes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::string_view form = "Write such as: year 1990..1999; genres != Horror; prefer genres = Comedy * 2";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return out;
}

bool sameWords(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::optional<double> numberIn(std::string_view text)
{
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && end == text.data() + text.size() && std::isfinite(value) ? std::optional(value)
                                                                                              : std::nullopt;
}

tl::unexpected<Error> notUnderstood(std::string_view part, std::string_view why)
{
    return error(Code::InvalidArgument, fmt::format("'{}' {}", part, why), std::string(form));
}

bool compares(Wish::Relation relation, double value, double with)
{
    switch (relation) {
    case Wish::Relation::Less: return value < with;
    case Wish::Relation::AtMost: return value <= with;
    case Wish::Relation::More: return value > with;
    case Wish::Relation::AtLeast: return value >= with;
    default: return false;
    }
}

/// Longer signs first: "<=" is not "<".
constexpr std::array<std::pair<std::string_view, Wish::Relation>, 7> signs{{{"!=", Wish::Relation::IsNot},
                                                                            {"<=", Wish::Relation::AtMost},
                                                                            {">=", Wish::Relation::AtLeast},
                                                                            {"=", Wish::Relation::Is},
                                                                            {"<", Wish::Relation::Less},
                                                                            {">", Wish::Relation::More},
                                                                            {"~", Wish::Relation::Mentions}}};

bool isNumeric(Wish::Relation relation)
{
    return relation == Wish::Relation::Less || relation == Wish::Relation::AtMost || relation == Wish::Relation::More ||
           relation == Wish::Relation::AtLeast;
}

/// "column sign value", without "prefer" and weight.
Result<Wish> relationIn(std::string_view part)
{
    for (const auto& [sign, relation] : signs) {
        const auto at = part.find(sign);
        if (at == std::string_view::npos)
            continue;
        Wish wish;
        wish.column = trimmed(part.substr(0, at));
        wish.relation = relation;
        wish.value = trimmed(part.substr(at + sign.size()));
        if (wish.column.empty() || wish.value.empty())
            return notUnderstood(part, "lacks a name or a value");
        const auto number = numberIn(wish.value);
        if (isNumeric(relation) && !number)
            return notUnderstood(part, "compares with something that is not a number");
        wish.number = number.value_or(0);
        return wish;
    }
    return notUnderstood(part, "says no =, !=, <, >, ~ or range");
}

/// "year 1990..1999" as its two ends; nothing when it is no range.
Result<std::vector<Wish>> rangeIn(std::string_view part)
{
    const auto dots = part.find("..");
    if (dots == std::string_view::npos)
        return std::vector<Wish>{};
    const auto space = trimmed(part.substr(0, dots)).find_last_of(" \t");
    if (space == std::string_view::npos)
        return notUnderstood(part, "lacks a name before the range");
    const auto low = numberIn(trimmed(part.substr(space, dots - space)));
    const auto high = numberIn(trimmed(part.substr(dots + 2)));
    if (!low || !high)
        return notUnderstood(part, "is no range of numbers");
    Wish from, to;
    from.column = to.column = trimmed(part.substr(0, space));
    from.relation = Wish::Relation::AtLeast;
    from.number = *low;
    to.relation = Wish::Relation::AtMost;
    to.number = *high;
    return std::vector<Wish>{from, to};
}

/// Takes "* 2" off the end of a preference.
std::optional<double> takeWeight(std::string_view& part)
{
    const auto star = part.rfind('*');
    if (star == std::string_view::npos)
        return 1;
    const auto weight = numberIn(trimmed(part.substr(star + 1)));
    part = trimmed(part.substr(0, star));
    return weight;
}

Status addPart(std::string_view part, std::vector<Wish>& wishes)
{
    constexpr std::string_view prefer = "prefer ";
    const std::string words(part);
    const bool soft = lower(part).starts_with(prefer);
    double weight = 1;
    if (soft) {
        part = trimmed(part.substr(prefer.size()));
        const auto taken = takeWeight(part);
        if (!taken)
            return notUnderstood(words, "ends in a weight that is not a number");
        weight = *taken;
    }
    auto parsed = rangeIn(part);
    if (parsed && parsed->empty()) {
        auto one = relationIn(part);
        if (!one)
            return tl::unexpected(one.error());
        parsed->push_back(std::move(*one));
    }
    if (!parsed)
        return tl::unexpected(parsed.error());
    for (Wish& wish : *parsed) {
        wish.hard = !soft;
        wish.weight = weight / static_cast<double>(parsed->size());
        wish.words = words;
        wishes.push_back(std::move(wish));
    }
    return {};
}

const AttributeColumn* columnOf(const Dataset& dataset, std::string_view name)
{
    const auto columns = dataset.items().columns();
    const auto found = std::ranges::find_if(columns, [&](const auto& column) { return sameWords(column.name, name); });
    return found == columns.end() ? nullptr : &*found;
}

/// What is known of an item in a column, as texts.
std::vector<std::string> valuesOf(const AttributeColumn& column, ItemIndex item)
{
    std::vector<std::string> values;
    if (const auto* texts = std::get_if<TextColumn>(&column.data)) {
        if (item.value < texts->values.size() && !texts->values[item.value].empty())
            values.push_back(texts->values[item.value]);
    } else if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
        for (const std::uint32_t tag : tags->row(item.value))
            values.emplace_back(tags->vocabulary.name(tag));
    }
    return values;
}

std::optional<double> numberOf(const AttributeColumn& column, ItemIndex item)
{
    const auto* numbers = std::get_if<NumberColumn>(&column.data);
    if (!numbers || item.value >= numbers->values.size() || !std::isfinite(numbers->values[item.value]))
        return std::nullopt;
    return numbers->values[item.value];
}

} // namespace

bool Wish::holdsFor(const Dataset& dataset, ItemIndex item) const
{
    const AttributeColumn* known = columnOf(dataset, column);
    if (!known)
        return relation == Relation::IsNot;
    if (const auto held = numberOf(*known, item)) {
        const auto asked = numberIn(value);
        if (relation == Relation::Is || relation == Relation::IsNot)
            return (asked && *asked == *held) == (relation == Relation::Is);
        return compares(relation, *held, number);
    }
    const auto values = valuesOf(*known, item);
    const auto any = [&](auto&& fits) { return std::ranges::any_of(values, fits); };
    switch (relation) {
    case Relation::Is: return any([&](const std::string& held) { return sameWords(held, value); });
    case Relation::IsNot: return !any([&](const std::string& held) { return sameWords(held, value); });
    case Relation::Mentions:
        return any([&](const std::string& held) { return lower(held).find(lower(value)) != std::string::npos; });
    default: return false;
    }
}

Result<std::vector<Wish>> parseWishes(std::string_view text)
{
    std::vector<Wish> wishes;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty())
            if (const auto added = addPart(part, wishes); !added)
                return tl::unexpected(added.error());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return wishes;
}

Status checkWishes(const std::vector<Wish>& wishes, const Dataset& dataset)
{
    std::vector<std::string> names;
    for (const auto& column : dataset.items().columns())
        names.push_back(column.name);
    for (const Wish& wish : wishes)
        if (!columnOf(dataset, wish.column))
            return error(Code::InvalidArgument, fmt::format("Nothing is known of the {} of items", wish.column),
                         names.empty() ? std::string("Import attributes of the items")
                                       : fmt::format("Known are {}", fmt::join(names, ", ")));
    return {};
}

} // namespace orrery
