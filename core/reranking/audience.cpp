// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/audience.h"

#include "core/base/words.h"
#include "core/data/import/fields.h"
#include "core/reranking/rule_conditions.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::size_t peoplePerCheck = 1024;
constexpr std::size_t valuesListed = 12; ///< of numbers with more, marks are suggested
constexpr std::size_t valuesNamed = 6;   ///< in an error

using reading::lowerCase;
using reading::trimmed;

struct Relation {
    std::string_view sign, words;
    bool ofNumbers, ofTexts;
};
constexpr std::array<Relation, 7> relations{{{"=", "is", true, true},
                                             {"!=", "is not, or is not known", true, true},
                                             {">=", "at least", true, false},
                                             {"<=", "at most", true, false},
                                             {">", "more than", true, false},
                                             {"<", "less than", true, false},
                                             {"~", "contains", false, true}}};

bool contains(std::string_view text, std::string_view part)
{
    return lowerCase(text).find(lowerCase(part)) != std::string::npos;
}
bool startsWith(std::string_view text, std::string_view part) { return lowerCase(text).starts_with(lowerCase(part)); }

std::string_view withoutLeadingBlanks(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

/// Whether wishes can be written about it: what they are parted by is not in it.
bool canBeAsked(std::string_view name)
{
    return name.find_first_of(";=<>~") == std::string_view::npos && name.find("..") == std::string_view::npos &&
           !startsWith(name, "prefer ");
}

void findMarks(Audience::Known& known)
{
    std::vector<std::pair<double, const Audience::Value*>> numbers;
    std::size_t total = 0;
    for (const Audience::Value& value : known.values) {
        const auto number = reading::parseDouble(value.text);
        if (!number)
            return;
        numbers.emplace_back(*number, &value);
        total += value.people.size();
    }
    known.isNumber = true;
    std::ranges::sort(numbers, {}, [](const auto& one) { return one.first; });
    known.marks.push_back(numbers.front().second->text);
    std::size_t passed = 0, quarter = 1;
    for (const auto& [number, value] : numbers)
        for (passed += value->people.size(); quarter <= 4 && 4 * passed >= quarter * total; ++quarter)
            if (known.marks.back() != value->text)
                known.marks.push_back(value->text);
}

std::string peopleWords(std::size_t people) { return counted(people, "person", "people"); }

std::string noteOf(const Audience::Known& known)
{
    const std::string what = known.isNumber && known.values.size() > valuesListed
                                 ? fmt::format("{} to {}", known.marks.front(), known.marks.back())
                                 : counted(known.values.size(), "value");
    return known.isSegment ? fmt::format("segment, {}", what) : what;
}

std::string mostFrequent(const Audience::Known& known)
{
    std::vector<std::string> named;
    for (const Audience::Value& value : known.values)
        if (named.size() < valuesNamed)
            named.push_back(value.text);
    return fmt::format("{}{}", fmt::join(named, ", "), known.values.size() > named.size() ? ", ..." : "");
}

} // namespace

Facts factsIn(const AttributeTable& segments, UserIndex user)
{
    Facts facts;
    for (const AttributeColumn& column : segments.columns())
        if (const auto* tags = std::get_if<TagColumn>(&column.data))
            for (const std::uint32_t tag : tags->row(user.value))
                facts.push_back({column.name, std::string(tags->vocabulary.name(tag))});
    return facts;
}

Result<std::shared_ptr<const Audience>>
Audience::open(const Dataset& dataset, const std::shared_ptr<const AttributeTable>& segments, const JobContext& job)
{
    std::map<std::string, std::map<std::string, std::vector<std::uint32_t>>> told, put;
    const auto add = [](auto& to, Facts facts, std::uint32_t person) {
        for (Fact& fact : facts) {
            auto& people = to[std::move(fact.name)][std::move(fact.value)];
            if (people.empty() || people.back() != person)
                people.push_back(person);
        }
    };
    for (std::uint32_t person = 0; person < dataset.personCount(); ++person) {
        if (person % peoplePerCheck == 0)
            if (const auto on = job.check(); !on)
                return tl::unexpected(on.error());
        add(told, factsOf(dataset, UserIndex{person}), person);
        if (segments)
            add(put, factsIn(*segments, UserIndex{person}), person);
    }
    auto audience = std::make_shared<Audience>();
    audience->m_people = dataset.personCount();
    audience->take(std::move(put), true);
    audience->take(std::move(told), false);
    return audience;
}

void Audience::take(std::map<std::string, std::map<std::string, std::vector<std::uint32_t>>> facts, bool areSegments)
{
    for (auto& [name, values] : facts) {
        Known known{name, areSegments, false, {}, {}};
        for (auto& [value, people] : values)
            known.values.push_back({value, std::move(people)});
        std::ranges::stable_sort(known.values, std::greater<>(),
                                 [](const Value& value) { return value.people.size(); });
        findMarks(known);
        m_known.push_back(std::move(known));
    }
}

const Audience::Known* Audience::find(std::string_view name) const
{
    const std::string wanted = lowerCase(name);
    const auto found =
        std::ranges::find_if(m_known, [&](const Known& known) { return lowerCase(known.name) == wanted; });
    return found == m_known.end() ? nullptr : &*found;
}

Result<std::size_t> Audience::count(std::string_view audience) const
{
    const auto wishes = parseWishes(audience);
    if (!wishes)
        return tl::unexpected(wishes.error());
    std::vector<char> in(m_people, 1);
    for (const Wish& wish : *wishes) {
        auto known = peopleOf(wish);
        if (!known)
            return tl::unexpected(known.error());
        const bool wanted = wish.relation != Wish::Relation::IsNot;
        for (std::size_t person = 0; person < m_people; ++person)
            in[person] = in[person] && ((*known)[person] != 0) == wanted ? 1 : 0;
    }
    return static_cast<std::size_t>(std::ranges::count(in, 1));
}

// A fact of the dataset and a segment may have one name.
Result<std::vector<char>> Audience::peopleOf(const Wish& wish) const
{
    const Known* first = find(wish.column);
    if (!first)
        return error(Code::InvalidArgument, fmt::format("Nothing is known of the {} of people", wish.column), names());
    std::vector<char> in(m_people, 0);
    bool isThere = false;
    for (const Known& known : m_known)
        if (lowerCase(known.name) == lowerCase(wish.column))
            for (const Value& value : known.values)
                if (fits(wish, value.text)) {
                    isThere = true;
                    for (const std::uint32_t person : value.people)
                        in[person] = 1;
                }
    const bool namesOne = wish.relation == Wish::Relation::Is || wish.relation == Wish::Relation::IsNot;
    if (namesOne && !isThere)
        return error(Code::InvalidArgument, fmt::format("Nobody has '{}' as {}", wish.value, first->name),
                     fmt::format("There are {}", mostFrequent(*first)));
    return in;
}

std::string Audience::names() const
{
    std::vector<std::string> all;
    for (const Known& known : m_known)
        all.push_back(known.name);
    return all.empty() ? std::string("Import facts of the people, or make a segment under Judge, Who will matter")
                       : fmt::format("Known are {}", fmt::join(all, ", "));
}

std::vector<Audience::Suggestion> Audience::suggest(std::string_view typed, std::size_t most) const
{
    const auto semicolon = typed.rfind(';');
    const std::size_t begin = semicolon == std::string_view::npos ? 0 : semicolon + 1;
    const std::string before = begin == 0 ? std::string() : fmt::format("{} ", typed.substr(0, begin));
    const std::string_view clause = withoutLeadingBlanks(typed.substr(begin));
    const Known* known = nameIn(clause);
    std::vector<Suggestion> made;
    if (!known)
        suggestNames(before, trimmed(clause), made);
    else
        suggestRest(before + known->name, *known, withoutLeadingBlanks(clause.substr(known->name.size())), made);
    if (made.size() > most)
        made.resize(most);
    return made;
}

/// The longest name that the condition begins with, if something follows it, if only a blank.
const Audience::Known* Audience::nameIn(std::string_view clause) const
{
    const Known* longest = nullptr;
    for (const Known& known : m_known) {
        const std::size_t length = known.name.size();
        const bool goesOn =
            clause.size() > length && std::string_view(" \t=!<>~").find(clause[length]) != std::string_view::npos;
        if (goesOn && startsWith(clause, known.name) && (!longest || length > longest->name.size()))
            longest = &known;
    }
    return longest;
}

void Audience::suggestNames(const std::string& before, std::string_view part, std::vector<Suggestion>& to) const
{
    for (const bool atStart : {true, false})
        for (const Known& known : m_known)
            if (canBeAsked(known.name) && startsWith(known.name, part) == atStart && contains(known.name, part))
                to.push_back({before + known.name + " ", known.name, noteOf(known)});
}

void Audience::suggestRest(const std::string& before, const Known& known, std::string_view rest,
                           std::vector<Suggestion>& to)
{
    std::string_view sign;
    for (const Relation& relation : relations)
        if (rest.starts_with(relation.sign) && relation.sign.size() > sign.size())
            sign = relation.sign;
    if (!sign.empty())
        return suggestValues(fmt::format("{} {} ", before, sign), known, trimmed(rest.substr(sign.size())), to);
    for (const Relation& relation : relations)
        if ((known.isNumber ? relation.ofNumbers : relation.ofTexts) && relation.sign.starts_with(rest))
            to.push_back({fmt::format("{} {} ", before, relation.sign), std::string(relation.sign),
                          std::string(relation.words)});
}

// What is typed already is no suggestion.
void Audience::suggestValues(const std::string& before, const Known& known, std::string_view part,
                             std::vector<Suggestion>& to)
{
    if (known.isNumber && known.values.size() > valuesListed) {
        for (const std::string& mark : known.marks)
            if (startsWith(mark, part) && mark != part)
                to.push_back({before + mark, mark, {}});
        return;
    }
    for (const bool atStart : {true, false})
        for (const Value& value : known.values)
            if (value.text.find(';') == std::string::npos && startsWith(value.text, part) == atStart &&
                contains(value.text, part) && lowerCase(value.text) != lowerCase(part))
                to.push_back({before + value.text, value.text, peopleWords(value.people.size())});
}

} // namespace orrery
