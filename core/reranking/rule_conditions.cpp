// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_conditions.h"

#include "core/data/import/fields.h"
#include "core/data/moments.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace orrery {
namespace {

std::optional<double> numberIn(std::string_view text) { return reading::parseDouble(text); }

bool holds(const Wish& wish, const Facts& facts)
{
    const bool any = std::ranges::any_of(facts, [&](const Fact& fact) {
        return reading::lowerCase(fact.name) == reading::lowerCase(wish.column) && fits(wish, fact.value);
    });
    return any != (wish.relation == Wish::Relation::IsNot);
}

Timestamp momentIn(const std::string& text, Timestamp none)
{
    return text.empty() ? none : momentOf(AttributeColumn{"", TextColumn{{text}}}, 0);
}

std::vector<std::string> listIn(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        if (const auto part = reading::trimmed(text.substr(0, end)); !part.empty())
            parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

} // namespace

bool fits(const Wish& wish, const std::string& value)
{
    const auto held = numberIn(value), asked = numberIn(wish.value);
    switch (wish.relation) {
    case Wish::Relation::Is:
    case Wish::Relation::IsNot:
        return held && asked ? *held == *asked : reading::lowerCase(value) == reading::lowerCase(wish.value);
    case Wish::Relation::Mentions:
        return reading::lowerCase(value).find(reading::lowerCase(wish.value)) != std::string::npos;
    case Wish::Relation::Less: return held && *held < wish.number;
    case Wish::Relation::AtMost: return held && *held <= wish.number;
    case Wish::Relation::More: return held && *held > wish.number;
    case Wish::Relation::AtLeast: return held && *held >= wish.number;
    }
    return false;
}

Result<RuleConditions> RuleConditions::from(const When& when)
{
    auto audience = parseWishes(when.audience), context = parseWishes(when.context);
    if (!audience)
        return tl::unexpected(audience.error());
    if (!context)
        return tl::unexpected(context.error());
    RuleConditions made;
    made.m_when = when;
    made.m_audience = std::move(*audience);
    made.m_context = std::move(*context);
    made.m_shelves = listIn(when.shelves);
    made.m_from = momentIn(when.from, noTime);
    made.m_until = momentIn(when.until, endOfTime);
    return made;
}

std::string RuleConditions::whyNot(const RuleRequest& request, Timestamp now) const
{
    for (const Wish& wish : m_audience)
        if (!holds(wish, request.query.who))
            return fmt::format("only for people with {}", wish.words);
    for (const Wish& wish : m_context)
        if (!holds(wish, request.query.context))
            return fmt::format("only when {}", wish.words);
    if (!m_shelves.empty() && std::ranges::count(m_shelves, request.shelf) == 0)
        return fmt::format("only on {}", m_when.shelves);
    if (m_from != noTime && (now == noTime || now < m_from))
        return fmt::format("only from {}", m_when.from);
    if (m_until != endOfTime && (now == noTime || now >= m_until))
        return fmt::format("only until {}", m_when.until);
    return {};
}

} // namespace orrery
