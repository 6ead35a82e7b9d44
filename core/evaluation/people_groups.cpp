// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/people_groups.h"

#include "core/data/import/fields.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostValues = 12;
constexpr std::size_t thirds = 3;
constexpr std::array<std::size_t, 7> historyFrom{0, 1, 5, 10, 20, 50, 100};

struct Numbered {
    double number;
    std::uint32_t person;
    auto operator<=>(const Numbered&) const = default;
};

/// Everybody with the number of their value, ascending; empty where one is no number.
std::vector<Numbered> numbersOf(const std::map<std::string, std::vector<std::uint32_t>>& values)
{
    std::vector<Numbered> numbers;
    for (const auto& [value, people] : values) {
        const auto number = reading::parseDouble(value);
        if (!number)
            return {};
        for (const std::uint32_t person : people)
            numbers.push_back({*number, person});
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::string lengthWords(std::size_t bucket)
{
    const std::size_t from = historyFrom.at(bucket);
    if (bucket + 1 == historyFrom.size())
        return fmt::format("{} or more", from);
    const std::size_t to = historyFrom.at(bucket + 1) - 1;
    return from == to ? fmt::format("{}", from) : fmt::format("{} to {}", from, to);
}

} // namespace

std::string PeopleGroup::words() const { return value.empty() ? name + ": others" : name + " " + value; }

void PeopleGrouper::add(const Facts& facts, std::size_t history)
{
    const auto person = static_cast<std::uint32_t>(m_histories.size());
    for (const Fact& fact : facts) {
        auto& people = m_facts[fact.name][fact.value];
        if (people.empty() || people.back() != person)
            people.push_back(person);
    }
    m_histories.push_back(history);
}

std::vector<PeopleGroup> PeopleGrouper::groups() const
{
    std::vector<PeopleGroup> made;
    for (const auto& [name, values] : m_facts)
        addFact(name, values, made);
    addHistories(made);
    std::erase_if(made, [](const PeopleGroup& group) { return group.people.size() < 2; });
    return made;
}

void PeopleGrouper::addFact(const std::string& name, const Values& values, std::vector<PeopleGroup>& to) const
{
    const std::size_t before = to.size();
    if (values.size() > mostValues)
        addThirds(name, values, to);
    else
        for (const auto& [value, people] : values)
            to.push_back({name, value, people});
    if (to.size() == before)
        return;
    std::vector<char> told(m_histories.size(), 0);
    for (const auto& [value, people] : values)
        for (const std::uint32_t person : people)
            told[person] = 1;
    PeopleGroup others{name, {}, {}};
    for (std::uint32_t person = 0; person < told.size(); ++person)
        if (!told[person])
            others.people.push_back(person);
    to.push_back(std::move(others));
}

void PeopleGrouper::addThirds(const std::string& name, const Values& values, std::vector<PeopleGroup>& to)
{
    const auto numbers = numbersOf(values);
    std::size_t first = 0;
    for (std::size_t third = 1; third <= thirds && first < numbers.size(); ++third) {
        std::size_t last = std::max(first + 1, third * numbers.size() / thirds);
        while (last < numbers.size() && numbers[last].number == numbers[last - 1].number)
            ++last; // the same number is never parted
        PeopleGroup group{name, fmt::format("{:g} to {:g}", numbers[first].number, numbers[last - 1].number), {}};
        for (; first < last; ++first)
            group.people.push_back(numbers[first].person);
        std::ranges::sort(group.people);
        to.push_back(std::move(group));
    }
}

void PeopleGrouper::addHistories(std::vector<PeopleGroup>& to) const
{
    for (std::size_t bucket = 0; bucket < historyFrom.size(); ++bucket) {
        const bool isLast = bucket + 1 == historyFrom.size();
        PeopleGroup group{std::string(byHistory), lengthWords(bucket), {}};
        for (std::uint32_t person = 0; person < m_histories.size(); ++person) {
            const std::size_t length = m_histories[person];
            if (length >= historyFrom.at(bucket) && (isLast || length < historyFrom.at(bucket + 1)))
                group.people.push_back(person);
        }
        to.push_back(std::move(group));
    }
}

std::vector<std::string> namesOf(const std::vector<PeopleGroup>& groups)
{
    std::vector<std::string> names;
    for (const PeopleGroup& group : groups)
        if (names.empty() || names.back() != group.name)
            names.push_back(group.name);
    return names;
}

} // namespace orrery
