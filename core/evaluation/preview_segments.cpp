// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/preview_segments.h"

#include "core/evaluation/preview_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

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
    PeopleGrouper grouper;
    for (const RuleRequest& request : requests)
        grouper.add(request.query.who, request.query.history.size());
    m_groups = grouper.groups();
}

std::vector<PeopleSegment> SampleSegments::of(std::span<const PersonChange> people) const
{
    std::vector<PeopleSegment> made;
    for (const PeopleGroup& segment : m_groups) {
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
