// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/item_audience.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t peopleAtOnce = 256, firstShown = 10;
constexpr std::array<std::size_t, 6> historyBounds{1, 5, 20, 50, 200, 1000};

std::string historyGroup(std::size_t from)
{
    return from + 1 < historyBounds.size() ? fmt::format("{} to {}", historyBounds[from], historyBounds[from + 1] - 1)
                                           : fmt::format("{} and more", historyBounds[from]);
}

/// Which of the bounds a history of so many entries reaches last.
std::size_t historyPlace(std::size_t entries)
{
    const auto above = std::ranges::upper_bound(historyBounds, entries) - historyBounds.begin();
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(above, 1) - 1);
}

/// Place of an item in a list, from 1; 0: not in it.
std::size_t placeOf(std::span<const ItemIndex> list, ItemIndex item)
{
    const auto found = std::ranges::find(list, item);
    return found == list.end() ? 0 : static_cast<std::size_t>(found - list.begin()) + 1;
}

void addTagGroups(ItemAudience& audience, const AttributeColumn& column, const std::vector<UserIndex>& people,
                  const std::vector<std::size_t>& places)
{
    const auto* tags = std::get_if<TagColumn>(&column.data);
    if (!tags)
        return;
    std::vector<AudienceGroup> groups(tags->vocabulary.size());
    for (std::size_t i = 0; i < people.size(); ++i)
        for (const std::uint32_t tag : tags->row(people[i].value)) {
            ++groups[tag].people;
            groups[tag].shown += places[i] > 0 && places[i] <= ItemAudience::top ? 1 : 0;
        }
    for (std::uint32_t tag = 0; tag < groups.size(); ++tag) {
        groups[tag].column = column.name;
        groups[tag].value = std::string(tags->vocabulary.name(tag));
        audience.groups.push_back(std::move(groups[tag]));
    }
}

// Of the people asked, those for whom it would be placed above what stands last of the first places.
Result<std::size_t> peopleWithin(const Placement& placement, const Model& model, const Dataset& dataset,
                                 const ListSample& sample, Timestamp asOf, const JobContext& job)
{
    std::size_t within = 0;
    const std::size_t n = sample.lists.n;
    for (std::size_t i = 0; i < sample.people.size() && n > 0; ++i) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        const auto reader = model.read(queryFor(dataset, sample.people[i], asOf));
        const auto score = placement.score(*reader);
        const float last = sample.lists.scores[i * n + std::min(n, ItemAudience::top) - 1]; // NaN: the list is shorter
        within += score && !(last >= *score) ? 1 : 0;
    }
    return within;
}

} // namespace

std::size_t ItemAudience::within(std::size_t places) const
{
    const auto end = atRank.begin() + static_cast<std::ptrdiff_t>(std::min(places, atRank.size()));
    return std::accumulate(atRank.begin(), end, std::size_t{0});
}

Result<ListSample> sampleLists(const Dataset& dataset, const Recommender& recommender, Timestamp asOf, std::size_t most,
                               std::size_t n, const JobContext& job)
{
    ListSample sample;
    const std::size_t step =
        std::max<std::size_t>(1, (dataset.personCount() + most - 1) / std::max<std::size_t>(1, most));
    std::vector<Query> queries;
    sample.lists.n = n;
    const auto ask = [&]() -> Status {
        const auto lists = recommender.recommendAll(queries, n, job);
        if (!lists)
            return tl::unexpected(lists.error());
        sample.lists.items.insert(sample.lists.items.end(), lists->items.begin(), lists->items.end());
        sample.lists.scores.insert(sample.lists.scores.end(), lists->scores.begin(), lists->scores.end());
        queries.clear();
        return {};
    };
    for (std::size_t user = 0; user < dataset.personCount(); user += step) {
        Query query = queryFor(dataset, UserIndex{static_cast<std::uint32_t>(user)}, asOf);
        if (query.history.empty())
            continue;
        sample.people.push_back(UserIndex{static_cast<std::uint32_t>(user)});
        queries.push_back(std::move(query));
        job.progress(static_cast<double>(user) / static_cast<double>(dataset.personCount()), "asking for lists");
        if (queries.size() == peopleAtOnce)
            if (const auto asked = ask(); !asked)
                return tl::unexpected(asked.error());
    }
    if (const auto asked = ask(); !asked)
        return tl::unexpected(asked.error());
    return sample;
}

ItemAudience audienceOf(const ListSample& sample, const Dataset& dataset, Timestamp asOf, ItemIndex item,
                        std::size_t fewest)
{
    ItemAudience audience;
    audience.people = sample.people.size();
    audience.atRank.assign(sample.lists.n, 0);
    std::vector<std::size_t> places(sample.people.size(), 0);
    std::vector<AudienceGroup> byHistory(historyBounds.size());
    for (std::size_t i = 0; i < sample.people.size(); ++i) {
        places[i] = placeOf(sample.lists.row(i), item);
        if (places[i] > 0)
            ++audience.atRank[places[i] - 1];
        const Query query = queryFor(dataset, sample.people[i], asOf);
        const auto owned = std::ranges::lower_bound(query.history, item, {}, &HistoryEntry::item);
        audience.owners += owned != query.history.end() && owned->item == item ? 1 : 0;
        AudienceGroup& group = byHistory[historyPlace(query.history.size())];
        ++group.people;
        group.shown += places[i] > 0 && places[i] <= ItemAudience::top ? 1 : 0;
    }
    for (const AttributeColumn& column : dataset.people().columns())
        addTagGroups(audience, column, sample.people, places);
    for (std::size_t at = 0; at < byHistory.size(); ++at) {
        byHistory[at].column = "history";
        byHistory[at].value = historyGroup(at);
        audience.groups.push_back(std::move(byHistory[at]));
    }
    std::erase_if(audience.groups, [fewest](const AudienceGroup& group) { return group.people < fewest; });
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] > 0)
            order.push_back(i);
    std::ranges::stable_sort(order, {}, [&places](std::size_t i) { return places[i]; });
    for (std::size_t i = 0; i < std::min(order.size(), firstShown); ++i)
        audience.first.push_back(sample.people[order[i]]);
    return audience;
}

std::vector<double> exposureOf(const ListSample& sample, std::size_t items, std::size_t places)
{
    std::vector<double> exposure(items, 0);
    double all = 0;
    for (std::size_t i = 0; i < sample.people.size(); ++i) {
        const auto list = sample.lists.row(i);
        for (std::size_t place = 0; place < std::min(places, list.size()) && list[place].valid(); ++place) {
            const double seen = 1 / std::log2(static_cast<double>(place) + 2);
            exposure[list[place].value] += seen;
            all += seen;
        }
    }
    for (double& one : exposure)
        one = all > 0 ? one / all : 0;
    return exposure;
}

std::vector<double> shareOfChoices(const Dataset& dataset, Timestamp asOf)
{
    const auto known = asOf == endOfTime ? nullptr : dataset.before(asOf);
    const Interactions& interactions = (known ? *known : dataset).interactions();
    std::vector<double> shares(dataset.itemCount(), 0);
    for (const ItemIndex item : interactions.allItems())
        shares[item.value] += 1;
    for (double& share : shares)
        share = interactions.size() > 0 ? share / static_cast<double>(interactions.size()) : 0;
    return shares;
}

Result<Landing> landingOf(const Dataset& dataset, const ItemRecord& record, const Model& model, std::size_t neighbours,
                          const ListSample* sample, Timestamp asOf, const JobContext& job)
{
    const auto with = withItem(dataset, record);
    if (!with)
        return tl::unexpected(with.error());
    auto placed = placeItem(**with, *(*with)->findItem(record.id), model, neighbours, job);
    if (!placed)
        return tl::unexpected(placed.error());
    Landing landing{std::move(*placed), sample ? sample->people.size() : 0, 0};
    if (!sample || landing.placement.from.empty())
        return landing;
    return peopleWithin(landing.placement, model, dataset, *sample, asOf, job).map([&](std::size_t within) {
        landing.within = within;
        return std::move(landing);
    });
}

} // namespace orrery
