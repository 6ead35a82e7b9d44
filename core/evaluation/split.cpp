// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/split.h"

#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/base/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr std::array<std::string_view, 6> kindIds = {"random",     "leave-last-out", "temporal",
                                                     "predefined", "new-people",     "per-person"};

using Held = std::vector<bool>; // by cell of the interactions: held out for the test

std::string percent(std::size_t part, std::size_t whole)
{
    return fmt::format("{:.3g} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

Timestamp timeOf(const Interactions& interactions, std::size_t cell) { return interactions.allTimes()[cell]; }

Status checkTimes(const Interactions& interactions)
{
    if (interactions.hasTimes())
        return {};
    return error(Code::InvalidArgument, "A split by time needs times, and this dataset has none",
                 "Choose a random split");
}

Status checkPlan(const SplitPlan& plan, std::size_t interactions)
{
    if (plan.kind == SplitKind::NewPeople && !(plan.knownShare > 0 && plan.knownShare < 1))
        return error(Code::InvalidArgument, fmt::format("A known share of {} is not between 0 and 1", plan.knownShare),
                     "0.8 is usual");
    const bool byShare = plan.kind == SplitKind::GlobalTemporal ? plan.cut == endOfTime : plan.folds <= 1;
    if (plan.kind != SplitKind::LeaveLastOut && byShare && !(plan.testShare > 0 && plan.testShare < 1))
        return error(Code::InvalidArgument, fmt::format("A test share of {} is not between 0 and 1", plan.testShare),
                     "0.2 is usual");
    if (plan.kind == SplitKind::Random && plan.folds > 1 && (plan.fold < 0 || plan.fold >= plan.folds))
        return error(Code::InvalidArgument, fmt::format("There is no fold {} of {}", plan.fold + 1, plan.folds));
    if (plan.kind == SplitKind::Random && plan.folds > 1 && static_cast<std::size_t>(plan.folds) > interactions)
        return error(Code::InvalidArgument, fmt::format("{} folds are more than there are interactions", plan.folds));
    return {};
}

// A seeded order of all cells, of which a stretch is held out: the folds of one seed do not overlap.
Held randomCells(const SplitPlan& plan, std::size_t cells)
{
    std::vector<std::uint32_t> order(cells);
    std::iota(order.begin(), order.end(), 0U);
    Rng rng(seedFor(plan.seed, "split.random"));
    rng.shuffle(std::span(order));
    std::size_t first = 0;
    auto last = static_cast<std::size_t>(std::llround(static_cast<double>(cells) * plan.testShare));
    if (plan.folds > 1) {
        const auto folds = static_cast<std::size_t>(plan.folds);
        first = cells * static_cast<std::size_t>(plan.fold) / folds;
        last = cells * (static_cast<std::size_t>(plan.fold) + 1) / folds;
    }
    Held held(cells, false);
    for (std::size_t i = first; i < last; ++i)
        held[order[i]] = true;
    return held;
}

// Of each person a seeded choice of their cells, rounded to the nearest; at least one stays in training.
Held cellsOfEach(const SplitPlan& plan, const Interactions& interactions)
{
    Held held(interactions.size(), false);
    Rng rng(seedFor(plan.seed, "split.each"));
    std::vector<std::uint64_t> order;
    for (std::size_t user = 0; user < interactions.users(); ++user) {
        const auto first = interactions.starts()[user];
        order.resize(interactions.starts()[user + 1] - first);
        std::iota(order.begin(), order.end(), first);
        rng.shuffle(std::span(order));
        const auto wanted = std::llround(static_cast<double>(order.size()) * plan.testShare);
        for (std::size_t i = 0; i < static_cast<std::size_t>(wanted) && i + 1 < order.size(); ++i)
            held[order[i]] = true;
    }
    return held;
}

Held lastCells(const SplitPlan& plan, const Interactions& interactions)
{
    Held held(interactions.size(), false);
    Rng rng(seedFor(plan.seed, "split.last"));
    for (std::size_t user = 0; user < interactions.users(); ++user) {
        const auto first = interactions.starts()[user];
        const auto end = interactions.starts()[user + 1];
        if (end - first < 2)
            continue;
        auto newest = first;
        std::uint64_t ties = 1;
        for (auto cell = first + 1; cell < end; ++cell) {
            const auto at = timeOf(interactions, cell);
            const auto best = timeOf(interactions, newest);
            ties = at > best ? 1 : ties + (at == best ? 1 : 0);
            // Each of t ties ends up chosen with chance 1/t (reservoir sampling).
            if (at > best || (at == best && rng.below(ties) == 0))
                newest = cell;
        }
        if (timeOf(interactions, newest) != noTime)
            held[newest] = true;
    }
    return held;
}

// The moment from which on about `share` of the timed interactions lie; none when all are of one moment.
std::optional<Timestamp> cutFor(const Interactions& interactions, double share)
{
    std::vector<Timestamp> times;
    for (const Timestamp at : interactions.allTimes())
        if (at != noTime)
            times.push_back(at);
    if (times.empty())
        return std::nullopt;
    const auto heldOut = static_cast<std::size_t>(std::llround(static_cast<double>(times.size()) * share));
    const auto place = times.end() - static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(heldOut, 1, times.size()));
    std::ranges::nth_element(times, place);
    const Timestamp first = std::ranges::min(times);
    if (*place > first)
        return *place;
    // Nothing lies before the first moment: the cut is the second.
    std::erase(times, first);
    return times.empty() ? std::nullopt : std::optional(std::ranges::min(times));
}

Held cellsFrom(Timestamp cut, const Interactions& interactions)
{
    Held held(interactions.size(), false);
    for (std::size_t cell = 0; cell < held.size(); ++cell)
        held[cell] = timeOf(interactions, cell) >= cut;
    return held;
}

std::string hashOf(const Dataset& dataset, const SplitPlan& plan, std::uint64_t trainEvents)
{
    Hasher hasher;
    hasher.text(dataset.hash()).text(idOf(plan.kind)).number(plan.seed).number(trainEvents);
    hasher.values(std::span(&plan.testShare, 1)).number(static_cast<std::uint64_t>(plan.folds));
    hasher.number(static_cast<std::uint64_t>(plan.fold)).number(static_cast<std::uint64_t>(plan.cut));
    if (plan.kind == SplitKind::NewPeople)
        hasher.values(std::span(&plan.knownShare, 1));
    return hasher.hex();
}

std::string describe(const SplitPlan& plan, Timestamp cut, std::size_t heldOut, std::size_t all)
{
    switch (plan.kind) {
    case SplitKind::Random:
        if (plan.folds > 1)
            return fmt::format("Random: part {} of {} is held out (seed {})", plan.fold + 1, plan.folds, plan.seed);
        return fmt::format("Random: {} of the interactions are held out (seed {})", percent(heldOut, all), plan.seed);
    case SplitKind::LeaveLastOut:
        return fmt::format("Leave last out: the newest interaction of each of {} is held out (seed {})",
                           counted(heldOut, "person", "people"), plan.seed);
    case SplitKind::GlobalTemporal:
        return fmt::format("By time: everything from {} on is held out, {} of the interactions", dateText(cut),
                           percent(heldOut, all));
    case SplitKind::PerPerson:
        return fmt::format("Of each person: {:.3g} % of their interactions are held out (seed {})",
                           100 * plan.testShare, plan.seed);
    case SplitKind::Predefined:
    case SplitKind::NewPeople: break;
    }
    return {};
}

Result<Split> assemble(const Dataset& dataset, const SplitPlan& plan, const Held& held, Timestamp cut)
{
    const auto heldOut = static_cast<std::size_t>(std::ranges::count(held, true));
    if (heldOut == 0)
        return error(Code::InvalidArgument, "Nothing would be left for the test part",
                     "Hold out more, or choose another split");
    if (heldOut == held.size())
        return error(Code::InvalidArgument, "Nothing would be left for training",
                     "Hold out less, or choose another split");
    Split split;
    Held left = held;
    left.flip();
    split.train = dataset.withLog(logOf(dataset.interactions(), dataset.log(), left));
    split.test = dataset.withLog(logOf(dataset.interactions(), dataset.log(), held));
    split.known = split.train;
    split.asOf = cut;
    split.kind = plan.kind;
    split.description = describe(plan, cut, heldOut, held.size());
    split.hash = hashOf(dataset, plan, 0);
    return split;
}

Result<Split> temporalSplit(const Dataset& dataset, const SplitPlan& plan)
{
    const auto cut = plan.cut != endOfTime ? std::optional(plan.cut) : cutFor(dataset.interactions(), plan.testShare);
    if (!cut)
        return error(Code::InvalidArgument, "All interactions are of one moment, so time cannot split them",
                     "Choose a random split");
    return assemble(dataset, plan, cellsFrom(*cut, dataset.interactions()), *cut);
}

/// Where each interaction of a NewPeople split goes.
enum class Place : std::uint8_t { Train, Known, Test };

// Of each held-out person a seeded choice of their cells is told, at least one, and at least one is not.
void divide(std::span<Place> cells, double knownShare, Rng& rng)
{
    std::vector<std::uint32_t> order(cells.size());
    std::iota(order.begin(), order.end(), 0U);
    rng.shuffle(std::span(order));
    const double asked = (1 - knownShare) * static_cast<double>(cells.size());
    const auto tests = std::max<std::size_t>(1, static_cast<std::size_t>(asked + 1e-9));
    for (std::size_t i = 0; i < order.size(); ++i)
        cells[order[i]] = i < tests ? Place::Test : Place::Known;
}

std::vector<Place> placesOf(const Interactions& interactions, const SplitPlan& plan, std::size_t& heldOut)
{
    std::vector<std::uint32_t> people;
    for (std::uint32_t user = 0; user < interactions.users(); ++user)
        if (interactions.row(UserIndex{user}).size() >= 2)
            people.push_back(user);
    Rng rng(seedFor(plan.seed, "split.people"));
    rng.shuffle(std::span(people));
    heldOut = static_cast<std::size_t>(std::llround(static_cast<double>(people.size()) * plan.testShare));
    std::vector<Place> places(interactions.size(), Place::Train);
    for (std::size_t i = 0; i < heldOut; ++i) {
        const auto first = interactions.starts()[people[i]];
        const auto count = interactions.starts()[people[i] + 1] - first;
        divide(std::span(places).subspan(first, count), plan.knownShare, rng);
    }
    return places;
}

// What nobody in training used cannot be found by anybody, so it is not asked for.
std::size_t dropUnlearned(const Interactions& interactions, std::vector<Place>& places, std::vector<bool>& kept)
{
    std::vector<bool> learned(interactions.items(), false);
    for (std::size_t cell = 0; cell < places.size(); ++cell)
        if (places[cell] == Place::Train)
            learned[interactions.allItems()[cell].value] = true;
    std::size_t dropped = 0;
    for (std::size_t cell = 0; cell < places.size(); ++cell) {
        kept[cell] = places[cell] == Place::Train || learned[interactions.allItems()[cell].value];
        dropped += kept[cell] ? 0 : 1;
    }
    return dropped;
}

Result<Split> newPeopleSplit(const Dataset& dataset, const SplitPlan& plan)
{
    const Interactions& interactions = dataset.interactions();
    std::size_t people = 0;
    auto places = placesOf(interactions, plan, people);
    std::vector<bool> kept(places.size());
    const std::size_t dropped = dropUnlearned(interactions, places, kept);
    const auto part = [&](Place place) {
        Held held(places.size());
        for (std::size_t cell = 0; cell < places.size(); ++cell)
            held[cell] = places[cell] == place && kept[cell];
        return dataset.withLog(logOf(interactions, dataset.log(), held));
    };
    Split split{part(Place::Train), part(Place::Test), part(Place::Known), {}, endOfTime, plan.kind, {}, {}};
    if (split.test->log().empty() || split.train->log().empty())
        return error(Code::InvalidArgument, "Nothing would be left for one of the parts",
                     "Hold out another share of the people");
    split.description = fmt::format(
        "New people: {} are held out whole (seed {}); {:.3g} % of what each did is told, the rest asked for",
        counted(people, "person", "people"), plan.seed, 100 * plan.knownShare);
    if (dropped > 0)
        split.description += fmt::format(" ({} of items that training never saw left out)", grouped(dropped));
    split.hash = hashOf(dataset, plan, 0);
    return split;
}

bool holds(const Interactions& interactions, UserIndex user, ItemIndex item)
{
    return std::ranges::binary_search(interactions.row(user).items, item);
}

} // namespace

std::string_view idOf(SplitKind kind) { return kindIds[static_cast<std::size_t>(kind)]; }

Result<SplitKind> splitKindFrom(std::string_view id)
{
    const auto found = std::ranges::find(kindIds, id);
    if (found == kindIds.end())
        return error(Code::InvalidArgument, fmt::format("There is no split '{}'", id),
                     fmt::format("Known are {}", fmt::join(kindIds, ", ")));
    return static_cast<SplitKind>(found - kindIds.begin());
}

Result<Split> makeSplit(const std::shared_ptr<const Dataset>& dataset, const SplitPlan& plan)
{
    const Interactions& interactions = dataset->interactions();
    if (plan.kind == SplitKind::Predefined)
        return error(Code::InvalidArgument, "A predefined split comes with two files, not from one dataset",
                     "Import a training and a test file");
    if (const auto valid = checkPlan(plan, interactions.size()); !valid)
        return tl::unexpected(valid.error());
    if (plan.kind == SplitKind::NewPeople)
        return newPeopleSplit(*dataset, plan);
    if (plan.kind == SplitKind::Random)
        return assemble(*dataset, plan, randomCells(plan, interactions.size()), endOfTime);
    if (plan.kind == SplitKind::PerPerson)
        return assemble(*dataset, plan, cellsOfEach(plan, interactions), endOfTime);
    if (const auto valid = checkTimes(interactions); !valid)
        return tl::unexpected(valid.error());
    if (plan.kind == SplitKind::LeaveLastOut)
        return assemble(*dataset, plan, lastCells(plan, interactions), endOfTime);
    return temporalSplit(*dataset, plan);
}

Result<Split> predefinedSplit(const std::shared_ptr<const Dataset>& whole, std::size_t trainEvents)
{
    const EventLog& log = whole->log();
    const auto events = std::min(trainEvents, log.size());
    std::vector<std::uint32_t> chosen(events);
    std::iota(chosen.begin(), chosen.end(), 0U);
    Split split;
    split.train = whole->withLog(log.select(chosen));
    chosen.clear();
    for (std::size_t i = events; i < log.size(); ++i)
        if (!holds(split.train->interactions(), log.users()[i], log.items()[i]))
            chosen.push_back(static_cast<std::uint32_t>(i));
    EventLog test = log.select(chosen);
    const std::size_t repeated = log.size() - events - test.size();
    if (split.train->log().empty() || test.empty())
        return error(Code::InvalidArgument,
                     fmt::format("The {} file leaves nothing to use", test.empty() ? "test" : "training"),
                     "Both files need ratings, and the test file others than the training file");
    split.test = whole->withLog(std::move(test));
    split.known = split.train;
    split.kind = SplitKind::Predefined;
    split.description = fmt::format("Predefined: {} for training and {} for the test", grouped(events),
                                    grouped(split.test->log().size()));
    if (repeated > 0)
        split.description += fmt::format(" ({} left out that training holds too)", grouped(repeated));
    split.hash = hashOf(*whole, {SplitKind::Predefined}, trainEvents);
    return split;
}

Suggestion suggestSplit(const Dataset& dataset)
{
    SplitPlan random;
    random.kind = SplitKind::Random;
    const Interactions& interactions = dataset.interactions();
    const SplitPlan temporal;
    const auto cut = interactions.hasTimes() ? cutFor(interactions, temporal.testShare) : std::nullopt;
    if (!interactions.hasTimes())
        return {random, "The data has no times, so a random fifth is held out."};
    if (!cut)
        return {random, "All interactions are of one moment, so a random fifth is held out."};
    std::size_t people = 0, active = 0;
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const auto times = interactions.row(UserIndex{user}).times;
        active += times.empty() ? 0 : 1;
        const auto isLate = [&](Timestamp at) { return at >= *cut; };
        people += std::ranges::any_of(times, isLate) && !std::ranges::all_of(times, isLate) ? 1 : 0;
    }
    if (people >= 50 && people * 10 >= active)
        return {temporal, fmt::format("Everything from {} on is held out, as in real life the future is: {} of {} "
                                      "have interactions before and after it.",
                                      dateText(*cut), grouped(people), counted(active, "person", "people"))};
    return {random,
            fmt::format("Only {} of {} have interactions both before and after {}, too few to judge by time, so a "
                        "random fifth is held out.",
                        grouped(people), counted(active, "person", "people"), dateText(*cut))};
}

} // namespace orrery
