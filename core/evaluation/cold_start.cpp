// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/cold_start.h"

#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/base/words.h"
#include "core/data/sittings.h"
#include "core/evaluation/candidates.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace orrery {
namespace {

Result<Split> cutByTime(const std::shared_ptr<const Dataset>& dataset, const ColdStartPlan& plan)
{
    SplitPlan temporal;
    temporal.kind = SplitKind::GlobalTemporal;
    temporal.testShare = plan.testShare;
    temporal.cut = plan.cut;
    return makeSplit(dataset, temporal);
}

std::shared_ptr<const Dataset> eventsThat(const Dataset& dataset, const std::function<bool(std::size_t)>& kept)
{
    std::vector<std::uint32_t> events;
    for (std::uint32_t e = 0; e < dataset.log().size(); ++e)
        if (kept(e))
            events.push_back(e);
    return dataset.withLog(dataset.log().select(events));
}

void nameIt(Split& split, const std::string& what)
{
    split.description += "; " + what;
    split.hash = Hasher().text(split.hash).text(what).hex();
}

bool isUsed(const Interactions& train, ItemIndex item) { return !train.column(item).users.empty(); }

/// All of `among` but what `leftOut` gives, ascending, for each of `people`, which are ascending, too.
template <class ItemsOf>
std::shared_ptr<const CandidateLists> allBut(std::vector<ItemIndex> among, std::size_t personCount,
                                             const std::vector<UserIndex>& people, const ItemsOf& leftOut)
{
    CandidateLists lists;
    lists.among = std::move(among);
    auto next = people.begin();
    for (std::uint32_t person = 0; person < personCount; ++person) {
        if (next != people.end() && next->value == person) {
            const auto items = leftOut(*next);
            lists.items.insert(lists.items.end(), items.begin(), items.end());
            ++next;
        }
        lists.starts.push_back(lists.items.size());
    }
    return CandidateLists::hashed(std::move(lists));
}

std::vector<UserIndex> peopleIn(const Dataset& dataset)
{
    std::vector<UserIndex> people;
    for (std::uint32_t user = 0; user < dataset.interactions().users(); ++user)
        if (dataset.interactions().row(UserIndex{user}).size() > 0)
            people.push_back(UserIndex{user});
    return people;
}

/// What is asked of one person: the entries of a visit before one of them, and that one, as events of the log.
struct Visit {
    std::vector<std::uint32_t> before;
    std::uint32_t asked = 0;
};

/// The events of a sitting that are each the first of an item which its person did not use before the cut.
std::vector<std::uint32_t> newEntries(const EventLog& log, std::span<const std::uint32_t> sitting,
                                      const Interactions& train)
{
    const UserIndex user = log.users()[sitting.front()];
    const auto known = train.row(user).items;
    std::vector<std::uint32_t> entries;
    std::set<ItemIndex> held;
    for (const std::uint32_t event : sitting)
        if (log.users()[event] == user && !std::ranges::binary_search(known, log.items()[event]) &&
            held.insert(log.items()[event]).second)
            entries.push_back(event);
    return entries;
}

/// Of each person the earliest sitting after the cut with two new entries or more.
std::map<UserIndex, std::vector<std::uint32_t>> firstVisits(const Dataset& dataset, const Split& split)
{
    const EventLog& log = dataset.log();
    std::vector<std::uint32_t> after;
    for (std::uint32_t e = 0; e < log.size(); ++e)
        if (log.times()[e] != noTime && log.times()[e] >= split.asOf && log.values()[e] > 0 &&
            dataset.kindWeights()[log.kindOf(e)] > 0)
            after.push_back(e);
    const Sittings sittings = sittingsOf(log, std::move(after));
    std::map<UserIndex, std::vector<std::uint32_t>> first;
    for (std::size_t s = 0; s < sittings.size(); ++s) {
        auto entries = newEntries(log, sittings.of(s), split.train->interactions());
        if (entries.size() < 2)
            continue;
        auto& held = first[log.users()[entries.front()]];
        if (held.empty() || log.times()[entries.front()] < log.times()[held.front()])
            held = std::move(entries);
    }
    return first;
}

/// One a person at most, in ascending order of people.
std::vector<Visit> drawnVisits(const Dataset& dataset, const Split& split, Rng rng)
{
    std::vector<Visit> visits;
    for (const auto& [user, entries] : firstVisits(dataset, split)) {
        const std::size_t place = 1 + rng.below(entries.size() - 1);
        visits.push_back({{entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(place)}, entries[place]});
    }
    return visits;
}

/// What was known before, and the entries of the visits, which are events of `from`: weighted by their kinds, as the
/// interactions are that training is made of.
std::shared_ptr<const Dataset> withVisits(const Dataset& train, const Dataset& from, const std::vector<Visit>& visits)
{
    EventLog known;
    known.reserve(train.log().size() + visits.size(), true);
    for (std::size_t e = 0; e < train.log().size(); ++e)
        known.append(train.log().at(e));
    for (const Visit& visit : visits)
        for (const std::uint32_t event : visit.before) {
            Event entry = from.log().at(event);
            entry.value *= from.kindWeights()[entry.kind];
            entry.kind = EventKind::Rating;
            entry.session = noSession; // numbered otherwise than training's
            known.append(entry);
        }
    return train.withLog(std::move(known));
}

/// What was there before the item that is asked for, and that one.
std::vector<ItemIndex> closedItems(const Dataset& known, const Dataset& test, UserIndex user)
{
    std::vector<ItemIndex> items;
    std::ranges::set_union(known.interactions().row(user).items, test.interactions().row(user).items,
                           std::back_inserter(items));
    return items;
}

std::vector<ItemIndex> everyItem(const Dataset& dataset)
{
    std::vector<ItemIndex> items;
    for (std::uint32_t item = 0; item < dataset.itemCount(); ++item)
        items.push_back(ItemIndex{item});
    return items;
}

} // namespace

Result<Split> coldPeopleSplit(const std::shared_ptr<const Dataset>& dataset, const ColdStartPlan& plan,
                              std::size_t most)
{
    auto split = cutByTime(dataset, plan);
    if (!split)
        return split;
    const Interactions& train = split->train->interactions();
    split->test = eventsThat(*split->test,
                             [&](std::size_t e) { return train.row(split->test->log().users()[e]).size() <= most; });
    const std::size_t people = peopleIn(*split->test).size();
    if (people == 0)
        return error(Code::InvalidArgument,
                     fmt::format("Nobody with at most {} events before the cut did anything "
                                 "after it",
                                 most),
                     "Hold out more");
    nameIt(*split, fmt::format("of these {} with at most {} interactions before the cut",
                               counted(people, "person", "people"), most));
    return split;
}

Result<Split> firstEventsSplit(const std::shared_ptr<const Dataset>& dataset, const ColdStartPlan& plan,
                               std::size_t most)
{
    auto split = cutByTime(dataset, plan);
    if (!split)
        return split;
    const EventLog& log = split->test->log();
    std::map<UserIndex, std::vector<std::uint32_t>> fresh;
    for (std::uint32_t e = 0; e < log.size(); ++e)
        if (split->train->interactions().row(log.users()[e]).size() == 0)
            fresh[log.users()[e]].push_back(e);
    Rng rng(seedFor(plan.seed, "split.first-events"));
    std::vector<std::uint32_t> asked;
    std::vector<Visit> told;
    for (auto& [user, events] : fresh) {
        const std::size_t count = 1 + rng.below(most);
        if (events.size() <= count)
            continue;
        std::ranges::stable_sort(events, {}, [&](std::uint32_t e) { return log.times()[e]; });
        const auto first = events.begin() + static_cast<std::ptrdiff_t>(count);
        told.push_back({{events.begin(), first}, 0});
        asked.insert(asked.end(), first, events.end());
    }
    if (asked.empty())
        return error(Code::InvalidArgument, "Nobody who is new after the cut did enough", "Hold out more");
    split->known = withVisits(*split->train, *split->test, told);
    split->test = split->test->withLog(log.select(asked));
    split->asOf = endOfTime; // what is told of them is after the cut
    nameIt(*split, fmt::format("of these what {} did after the first 1 to {} events, which are told",
                               counted(told.size(), "new person", "new people"), most));
    return split;
}

Result<Split> coldItemsSplit(const std::shared_ptr<const Dataset>& dataset, const ColdStartPlan& plan,
                             RankedItems ranked)
{
    auto split = cutByTime(dataset, plan);
    if (!split)
        return split;
    const Interactions& train = split->train->interactions();
    const EventLog& log = split->test->log();
    std::vector<ItemIndex> fresh;
    for (const ItemIndex item : log.items())
        if (!isUsed(train, item))
            fresh.push_back(item);
    std::ranges::sort(fresh);
    fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
    split->test = eventsThat(*split->test, [&](std::size_t e) {
        return std::ranges::binary_search(fresh, log.items()[e]) && train.row(log.users()[e]).size() > 0;
    });
    const auto people = peopleIn(*split->test);
    if (people.empty())
        return error(Code::InvalidArgument, "Nobody who is known before the cut used an item that is new after it",
                     "Hold out more");
    if (ranked == RankedItems::New)
        split->candidates = allBut(fresh, dataset->personCount(), people,
                                   [&](UserIndex user) { return split->test->interactions().row(user).items; });
    nameIt(*split, fmt::format("of these what {} used of {} that nobody used before the cut, ranked among {}",
                               counted(people.size(), "known person", "known people"),
                               counted(fresh.size(), "item", "items"), ranked == RankedItems::New ? "these" : "all"));
    return split;
}

Result<NextItemSplits> nextItemSplits(const std::shared_ptr<const Dataset>& dataset, const ColdStartPlan& plan)
{
    auto split = cutByTime(dataset, plan);
    if (!split)
        return tl::unexpected(split.error());
    const auto visits = drawnVisits(*dataset, *split, Rng(seedFor(plan.seed, "split.next-item")));
    if (visits.empty())
        return error(Code::InvalidArgument, "Nobody has a visit with two new items after the cut", "Hold out more");
    std::vector<std::uint32_t> asked;
    std::ranges::transform(visits, std::back_inserter(asked), &Visit::asked);
    split->test = dataset->withLog(dataset->log().select(asked));
    split->asOf = endOfTime; // what is known is in `known`, and a visit is after the cut
    const auto known = withVisits(*split->train, *dataset, visits);
    split->candidates = allBut(everyItem(*dataset), dataset->personCount(), peopleIn(*split->test),
                               [&](UserIndex user) { return closedItems(*known, *split->test, user); });
    nameIt(*split,
           fmt::format("of these the next item of the first visit of {}", counted(visits.size(), "person", "people")));
    NextItemSplits both{*split, *split};
    both.with.known = known;
    both.with.hash = Hasher().text(split->hash).text("with").hex();
    return both;
}

} // namespace orrery
