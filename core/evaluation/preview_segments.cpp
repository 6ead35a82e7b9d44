// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/preview_segments.h"

#include "core/data/import/fields.h"
#include "core/evaluation/preview_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t mostValues = 12;
constexpr std::size_t thirds = 3;
constexpr std::array<std::size_t, 7> historyFrom{0, 1, 5, 10, 20, 50, 100};

using Values = std::map<std::string, std::vector<std::uint32_t>>; ///< who has it, ascending

struct Numbered {
    double number;
    std::uint32_t person;
    auto operator<=>(const Numbered&) const = default;
};

/// Everybody with the number of their value; empty where one is no number.
std::vector<Numbered> numbersOf(const Values& values)
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

/// Accumulates a person's change for one key.
struct Shift {
    PlacesShift total;
    double squares = 0;
};

struct Shown {
    std::uint32_t key, person;
    bool after;
    auto operator<=>(const Shown&) const = default;
};

template <class KeyOf> std::vector<Shown> shownBy(std::span<const std::vector<Reranked>> before,
                                                  std::span<const std::vector<Reranked>> after, KeyOf keyOf)
{
    std::vector<Shown> shown;
    const auto add = [&](std::span<const std::vector<Reranked>> lists, bool isAfter) {
        for (std::uint32_t person = 0; person < lists.size(); ++person)
            for (const Reranked& one : lists[person])
                if (const std::uint32_t key = keyOf(one.item); key != noGroup)
                    shown.push_back({key, person, isAfter});
    };
    add(before, false);
    add(after, true);
    std::ranges::sort(shown);
    return shown;
}

/// One a key, ascending.
std::vector<PlacesShift> totalsOf(PlacesShift::Of of, std::span<const Shown> shown, std::size_t people)
{
    std::vector<Shift> shifts;
    for (std::size_t i = 0; i < shown.size();) {
        if (shifts.empty() || shifts.back().total.index != shown[i].key)
            shifts.push_back({{of, shown[i].key, 0, 0, {}}, 0});
        Shift& shift = shifts.back();
        double own = 0;
        const Shown one = shown[i];
        for (; i < shown.size() && shown[i].key == one.key && shown[i].person == one.person; ++i) {
            own += shown[i].after ? 1 : -1;
            ++(shown[i].after ? shift.total.after : shift.total.before);
        }
        shift.squares += own * own;
    }
    std::vector<PlacesShift> totals;
    const auto n = static_cast<double>(people);
    for (Shift& shift : shifts) {
        const auto sum = static_cast<double>(shift.total.difference());
        // Of the sum of n independent changes: n times their variance.
        const double error =
            n > 1 ? std::sqrt(std::max(0.0, (shift.squares - sum * sum / n) * n / (n - 1))) : undefined;
        shift.total.interval = within95(sum, error);
        totals.push_back(shift.total);
    }
    return totals;
}

void append(std::vector<PlacesShift>& to, std::vector<PlacesShift> all, std::size_t shown)
{
    std::ranges::stable_sort(all, std::greater<>(), &PlacesShift::difference);
    for (std::size_t i = 0; i < std::min(shown, all.size()) && all[i].difference() > 0; ++i)
        to.push_back(all[i]);
    std::ranges::stable_sort(all, {}, [](const PlacesShift& one) { return std::pair(one.difference(), one.index); });
    for (std::size_t i = 0; i < std::min(shown, all.size()) && all[i].difference() < 0; ++i)
        to.push_back(all[i]);
}

} // namespace

SampleSegments::SampleSegments(std::span<const RuleRequest> requests)
{
    takeFacts(requests);
    takeHistories(requests);
    std::erase_if(m_segments, [](const Segment& segment) { return segment.people.size() < 2; });
}

void SampleSegments::takeFacts(std::span<const RuleRequest> requests)
{
    std::map<std::string, Values> facts;
    for (std::uint32_t person = 0; person < requests.size(); ++person)
        for (const Fact& fact : requests[person].query.who) {
            auto& people = facts[fact.name][fact.value];
            if (people.empty() || people.back() != person)
                people.push_back(person);
        }
    for (const auto& [name, values] : facts) {
        if (values.size() <= mostValues) {
            for (const auto& [value, people] : values)
                m_segments.push_back({name, value, people});
            continue;
        }
        const auto numbers = numbersOf(values);
        std::size_t first = 0;
        for (std::size_t third = 1; third <= thirds && first < numbers.size(); ++third) {
            std::size_t last = std::max(first + 1, third * numbers.size() / thirds);
            while (last < numbers.size() && numbers[last].number == numbers[last - 1].number)
                ++last; // the same number is never parted
            Segment segment{name, fmt::format("{:g} to {:g}", numbers[first].number, numbers[last - 1].number), {}};
            for (; first < last; ++first)
                segment.people.push_back(numbers[first].person);
            m_segments.push_back(std::move(segment));
        }
    }
}

void SampleSegments::takeHistories(std::span<const RuleRequest> requests)
{
    for (std::size_t bucket = 0; bucket < historyFrom.size(); ++bucket) {
        const bool isLast = bucket + 1 == historyFrom.size();
        const std::size_t from = historyFrom[bucket], to = isLast ? 0 : historyFrom[bucket + 1] - 1;
        Segment segment{"history",
                        isLast       ? fmt::format("{} or more", from)
                        : from == to ? fmt::format("{}", from)
                                     : fmt::format("{} to {}", from, to),
                        {}};
        for (std::uint32_t person = 0; person < requests.size(); ++person) {
            const std::size_t length = requests[person].query.history.size();
            if (length >= from && (isLast || length <= to))
                segment.people.push_back(person);
        }
        m_segments.push_back(std::move(segment));
    }
}

std::vector<PeopleSegment> SampleSegments::of(std::span<const PersonChange> people) const
{
    std::vector<PeopleSegment> made;
    for (const Segment& segment : m_segments) {
        PeopleSegment own{segment.name, segment.value, segment.people.size(), 0, 0, 0, 0, 0, {undefined, undefined}};
        double sum = 0, squares = 0;
        for (const std::uint32_t person : segment.people) {
            const PersonChange& change = people[person];
            own.affected += change.moved > 0 ? 1 : 0;
            if (!change.isJudged())
                continue;
            const double by = change.agreementAfter - change.agreementBefore;
            ++own.judged;
            own.better += by > 0 ? 1 : 0;
            own.worse += by < 0 ? 1 : 0;
            sum += by;
            squares += by * by;
        }
        const auto n = static_cast<double>(own.judged);
        own.difference = sum / n; // nobody: 0 / 0 is NaN
        if (own.judged > 1) {
            const double error = std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1) / n));
            own.interval = within95(own.difference, error);
        }
        made.push_back(std::move(own));
    }
    return made;
}

std::vector<PlacesShift> shiftsBetween(const RuleCatalog& catalog, std::span<const std::vector<Reranked>> before,
                                       std::span<const std::vector<Reranked>> after, std::size_t shown)
{
    std::vector<PlacesShift> made;
    for (const auto& [of, group] :
         {std::pair{PlacesShift::Of::Category, ItemGroup::Category},
          std::pair{PlacesShift::Of::Brand, ItemGroup::Brand}, std::pair{PlacesShift::Of::Seller, ItemGroup::Seller}}) {
        const auto keys =
            shownBy(before, after, [&, counted = group](ItemIndex item) { return catalog.groupOf(counted, item); });
        append(made, totalsOf(of, keys, before.size()), shown);
    }
    const auto items = shownBy(before, after, [](ItemIndex item) { return item.value; });
    append(made, totalsOf(PlacesShift::Of::Item, items, before.size()), shown);
    return made;
}

} // namespace orrery
