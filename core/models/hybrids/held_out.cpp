// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/held_out.h"

#include "core/base/parallel.h"
#include "core/models/history_weigher.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostPeople = 2000, bestOfAPart = 100, othersDrawn = 100, peoplePerChunk = 4;

std::vector<std::uint32_t> chosenPeople(const Interactions& all, Rng rng)
{
    std::vector<std::uint32_t> people;
    for (std::uint32_t user = 0; user < all.users(); ++user)
        if (all.row(UserIndex{user}).size() > 1)
            people.push_back(user);
    rng.shuffle(std::span(people));
    people.resize(std::min(people.size(), mostPeople));
    std::ranges::sort(people);
    return people;
}

/// Places in the row, ascending.
std::vector<std::size_t> heldOutOf(const Interactions::Row& row, HeldOutKind kind, Rng& rng)
{
    std::vector<std::size_t> places(row.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::size_t count = 1;
    if (kind == HeldOutKind::Random) {
        rng.shuffle(std::span(places));
        count = std::max<std::size_t>(1, row.size() / 3);
    } else if (!row.times.empty())
        std::ranges::stable_sort(places, std::greater{},
                                 [&](std::size_t place) { return std::pair(row.times[place], row.items[place]); });
    else
        std::ranges::reverse(places);
    places.resize(count);
    std::ranges::sort(places);
    return places;
}

/// Without what is held out.
EventLog restOf(const EventLog& log, const std::vector<HeldOut::Person>& people)
{
    EventLog rest;
    rest.reserve(log.size(), log.hasTimes());
    for (std::size_t e = 0; e < log.size(); ++e) {
        const auto person = std::ranges::lower_bound(people, log.users()[e], {}, &HeldOut::Person::user);
        const bool held = person != people.end() && person->user == log.users()[e] &&
                          std::ranges::binary_search(person->items, log.items()[e]);
        if (!held)
            rest.append(log.at(e));
    }
    return rest;
}

/// Items that are not in the history.
std::vector<ItemIndex> openItems(std::size_t count, const History& history)
{
    std::vector<ItemIndex> items;
    auto seen = history.begin();
    for (std::uint32_t item = 0; item < count; ++item) {
        while (seen != history.end() && seen->item.value < item)
            ++seen;
        if (seen == history.end() || seen->item.value != item)
            items.push_back(ItemIndex{item});
    }
    return items;
}

/// The n highest, in no order.
std::vector<ItemIndex> bestOf(std::vector<ItemIndex> items, std::span<const float> scores, std::size_t n)
{
    std::erase_if(items, [&](ItemIndex item) { return !std::isfinite(scores[item.value]); });
    const auto kept = items.begin() + static_cast<std::ptrdiff_t>(std::min(n, items.size()));
    std::ranges::nth_element(items, kept, [&](ItemIndex a, ItemIndex b) {
        return scores[a.value] != scores[b.value] ? scores[a.value] > scores[b.value] : a < b;
    });
    items.erase(kept, items.end());
    return items;
}

void sortOnce(std::vector<ItemIndex>& items)
{
    std::ranges::sort(items);
    items.erase(std::unique(items.begin(), items.end()), items.end());
}

/// A draw of the open items that are not among `known`, and how many each of them stands for.
std::vector<ItemIndex> othersOf(std::span<const ItemIndex> open, std::span<const ItemIndex> known, Rng rng,
                                float& standsFor)
{
    std::vector<ItemIndex> others;
    std::ranges::set_difference(open, known, std::back_inserter(others));
    const std::size_t drawn = std::min(othersDrawn, others.size());
    standsFor = static_cast<float>(others.size()) / static_cast<float>(std::max<std::size_t>(drawn, 1));
    for (std::size_t n = 0; n < drawn; ++n)
        std::swap(others[n], others[n + rng.below(others.size() - n)]);
    others.resize(drawn);
    std::ranges::sort(others);
    return others;
}

bool likedAny(const HeldOut& heldOut, const HeldOut::Person& person)
{
    return std::ranges::any_of(person.values, [&](float value) { return value >= heldOut.likedFrom; });
}

float likedTarget(const HeldOut& heldOut, const HeldOut::Person& person, ItemIndex item)
{
    const auto found = std::ranges::lower_bound(person.items, item);
    if (found == person.items.end() || *found != item)
        return 0;
    return person.values[static_cast<std::size_t>(found - person.items.begin())] >= heldOut.likedFrom ? 1 : 0;
}

/// Rows of `items`, which are there in any case, and of the best of each part and some of the others.
PersonRows rowsAround(std::vector<ItemIndex> items, const Query& query, const PartReaders& readers, std::size_t count,
                      ListScaling scaling, Rng rng)
{
    Matrix scores(readers.size(), count);
    const auto open = openItems(count, query.history);
    PersonRows rows{readers.size(), std::move(items), {}, {}, {}};
    std::vector<ListScale> scales;
    for (std::size_t p = 0; p < readers.size(); ++p) {
        readers[p]->scoreAll(scores.row(p));
        scales.emplace_back(scaling, scores.row(p), query.history);
        const auto best = bestOf(open, scores.row(p), bestOfAPart);
        rows.items.insert(rows.items.end(), best.begin(), best.end());
    }
    sortOnce(rows.items);
    float standsFor = 1;
    const auto others = othersOf(open, rows.items, rng, standsFor);
    rows.items.insert(rows.items.end(), others.begin(), others.end());
    std::ranges::sort(rows.items);
    for (const ItemIndex item : rows.items) {
        for (std::size_t p = 0; p < readers.size(); ++p)
            rows.scaled.push_back(static_cast<float>(scales[p].of(scores.row(p)[item.value])));
        rows.weights.push_back(std::ranges::binary_search(others, item) ? standsFor : 1);
    }
    return rows;
}

PersonRows contendersOf(const HeldOut& heldOut, const HeldOut::Person& person, const std::vector<TrainedPart>& parts,
                        ListScaling scaling, Rng rng)
{
    const Query query = queryFor(*heldOut.rest, person.user);
    PersonRows rows =
        rowsAround(person.items, query, readParts(parts, query), parts.front().model->itemCount(), scaling, rng);
    for (const ItemIndex item : rows.items)
        rows.targets.push_back(likedTarget(heldOut, person, item));
    return rows;
}

PersonRows ratingsOf(const HeldOut& heldOut, const HeldOut::Person& person, const std::vector<TrainedPart>& parts)
{
    const Query query = queryFor(*heldOut.rest, person.user);
    PersonRows rows{parts.size(), person.items, std::vector<float>(person.items.size() * parts.size()), person.values,
                    std::vector<float>(person.items.size(), 1.F)};
    for (std::size_t p = 0; p < parts.size(); ++p) {
        std::vector<float> scores(person.items.size());
        parts[p].model->read(query)->score(person.items, scores);
        for (std::size_t i = 0; i < scores.size(); ++i)
            rows.scaled[i * parts.size() + p] = scores[i];
    }
    return rows;
}

/// `rowsOf` for each of `people`, on the job's threads.
template <class RowsOf> Result<std::vector<PersonRows>> rowsFor(const std::vector<const HeldOut::Person*>& people,
                                                                const JobContext& job, const RowsOf& rowsOf)
{
    std::vector<PersonRows> all(people.size());
    const auto done = parallelFor(job, people.size(), peoplePerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last && !job.cancelled(); ++n)
            all[n] = rowsOf(*people[n]);
    });
    if (!done)
        return tl::unexpected(done.error());
    return all;
}

} // namespace

Result<HeldOut> holdOut(const Dataset& dataset, HeldOutKind kind, const JobContext& job)
{
    HeldOut out;
    out.likedFrom = HistoryWeigher(dataset, Weighting::Binary, Entries::Liked).from();
    Rng rng = job.rng("hybrid.held-out");
    const Interactions& all = dataset.interactions();
    for (const std::uint32_t user : chosenPeople(all, job.rng("hybrid.people"))) {
        const auto row = all.row(UserIndex{user});
        HeldOut::Person person{UserIndex{user}, {}, {}};
        for (const std::size_t place : heldOutOf(row, kind, rng)) {
            person.items.push_back(row.items[place]);
            person.values.push_back(row.values[place]);
        }
        out.people.push_back(std::move(person));
    }
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    out.rest = dataset.withLog(restOf(dataset.log(), out.people));
    return out;
}

PersonRows contendersOf(const Question& question, const PartReaders& readers, std::size_t items, ListScaling scaling,
                        Rng rng)
{
    PersonRows rows = rowsAround(question.liked, question.query, readers, items, scaling, rng);
    for (const ItemIndex item : rows.items)
        rows.targets.push_back(std::ranges::binary_search(question.liked, item) ? 1.F : 0.F);
    return rows;
}

Result<std::vector<PersonRows>> contenders(const HeldOut& heldOut, const std::vector<TrainedPart>& parts,
                                           ListScaling scaling, const JobContext& job)
{
    std::vector<const HeldOut::Person*> people;
    for (const auto& person : heldOut.people)
        if (likedAny(heldOut, person))
            people.push_back(&person);
    return rowsFor(people, job, [&](const HeldOut::Person& person) {
        return contendersOf(heldOut, person, parts, scaling,
                            job.rng(fmt::format("hybrid.others.{}", person.user.value)));
    });
}

Result<std::vector<PersonRows>> heldOutRatings(const HeldOut& heldOut, const std::vector<TrainedPart>& parts,
                                               const JobContext& job)
{
    std::vector<const HeldOut::Person*> people;
    for (const auto& person : heldOut.people)
        people.push_back(&person);
    return rowsFor(people, job, [&](const HeldOut::Person& person) { return ratingsOf(heldOut, person, parts); });
}

Cost costOfHeldOut(const DatasetShape& shape, std::size_t parts)
{
    const auto people = static_cast<double>(std::min(shape.people, mostPeople));
    const auto lists = people * static_cast<double>(parts);
    const std::size_t rows = std::min(bestOfAPart * parts + othersDrawn, shape.items);
    const std::size_t kept = rows * (parts + 3) * sizeof(float);
    return {lists * (static_cast<double>(shape.items) * 2e-8 + 1e-4),
            static_cast<std::size_t>(people) * kept + shape.interactions * (sizeof(Event) + sizeof(Timestamp))};
}

} // namespace orrery
