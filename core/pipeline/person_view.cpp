// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/person_view.h"

#include <algorithm>
#include <map>
#include <set>

namespace orrery {
namespace {

std::uint32_t placeIn(const RecommendationList& list, ItemIndex item)
{
    const auto found = std::ranges::find(list.items, item, &Recommendation::item);
    return found == list.items.end() ? 0 : static_cast<std::uint32_t>(found - list.items.begin()) + 1;
}

// Failing to answer is this list's matter; being cancelled is everybody's.
Status ask(const Recommender& recommender, const Query& query, const Query& stored, bool hasEdits, std::size_t depth,
           const JobContext& job, PersonList& out)
{
    if (hasEdits && !recommender.capabilities().whatIf) {
        out.failure =
            Error{Code::Unsupported, "It cannot answer an edited history", recommender.capabilities().reason, {}};
        return {};
    }
    auto list = recommender.recommend(query, depth, TrailLevel::Full, job);
    if (!list) {
        if (list.error().code == Code::Cancelled)
            return tl::unexpected(list.error());
        out.failure = list.error();
        return {};
    }
    out.list = std::move(*list);
    if (!hasEdits)
        return {};
    const auto before = recommender.recommend(stored, depth, TrailLevel::None, job);
    if (!before)
        return tl::unexpected(before.error());
    for (const Recommendation& entry : out.list.items)
        out.rankBefore.push_back(placeIn(*before, entry.item));
    return {};
}

std::vector<NextChoice> choicesAfter(const Dataset& dataset, UserIndex user, Timestamp asOf,
                                     std::span<const PersonList> lists)
{
    std::vector<NextChoice> next;
    const auto row = dataset.interactions().row(user);
    for (std::size_t i = 0; i < row.times.size(); ++i)
        if (row.times[i] >= asOf)
            next.push_back({row.items[i], row.values[i], row.times[i], {}});
    std::ranges::stable_sort(next, {}, &NextChoice::at);
    for (NextChoice& choice : next)
        for (const PersonList& list : lists)
            choice.ranks.push_back(placeIn(list.list, choice.item));
    return next;
}

} // namespace

Query queryOf(const Dataset& dataset, const PersonQuestion& question)
{
    Query query =
        question.user ? queryFor(dataset, *question.user, question.asOf) : queryFor(History{}, {}, question.asOf);
    if (question.newest)
        query.history = newestOf(std::move(query.history), *question.newest);
    if (!question.edits.empty()) {
        const Facts context = query.context;
        query = queryFor(edited(query.history, question.edits), question.user, endOfTime, query.who);
        query.now = question.asOf;
        query.context = context;
    }
    query.who.insert(query.who.end(), question.who.begin(), question.who.end());
    for (const Fact& told : question.context) {
        std::erase_if(query.context, [&](const Fact& fact) { return fact.name == told.name; });
        query.context.push_back(told);
    }
    return query;
}

Result<PersonView> viewPerson(const Dataset& dataset, std::span<const RecommenderPtr> recommenders,
                              const PersonQuestion& question, const JobContext& job)
{
    PersonQuestion unedited = question;
    unedited.edits.clear();
    const Query stored = queryOf(dataset, unedited);
    PersonView view;
    view.query = question.edits.empty() ? stored : queryOf(dataset, question);
    view.lists.resize(recommenders.size());
    for (std::size_t i = 0; i < recommenders.size(); ++i)
        if (const auto asked =
                ask(*recommenders[i], view.query, stored, !question.edits.empty(), question.depth, job, view.lists[i]);
            !asked)
            return tl::unexpected(asked.error());
    if (question.user && question.asOf != endOfTime)
        view.next = choicesAfter(dataset, *question.user, question.asOf, view.lists);
    return view;
}

std::vector<std::string> favouriteTags(const Dataset& dataset, const History& history, std::size_t most)
{
    const TagColumn* tags = dataset.items().tags("genres");
    if (!tags)
        return {};
    std::map<std::uint32_t, std::size_t> counts;
    for (const HistoryEntry& entry : history)
        for (const std::uint32_t tag : tags->row(entry.item.value))
            ++counts[tag];
    std::vector<std::pair<std::uint32_t, std::size_t>> order(counts.begin(), counts.end());
    std::ranges::stable_sort(order, std::greater<>{}, [](const auto& entry) { return entry.second; });
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(most, order.size()); ++i)
        names.emplace_back(tags->vocabulary.name(order[i].first));
    return names;
}

Result<std::vector<Changed>> mostChanged(const Dataset& dataset, const Recommender& a, const Recommender& b,
                                         Timestamp asOf, std::size_t n, std::size_t sample, const JobContext& job)
{
    std::vector<Query> queries;
    const std::size_t step = std::max<std::size_t>(1, dataset.personCount() / std::max<std::size_t>(1, sample));
    for (std::size_t user = 0; user < dataset.personCount(); user += step)
        if (Query query = queryFor(dataset, UserIndex{static_cast<std::uint32_t>(user)}, asOf); !query.history.empty())
            queries.push_back(std::move(query));
    const auto listsA = a.recommendAll(queries, n, job);
    if (!listsA)
        return tl::unexpected(listsA.error());
    const auto listsB = b.recommendAll(queries, n, job);
    if (!listsB)
        return tl::unexpected(listsB.error());
    std::vector<Changed> changed;
    for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto rowA = listsA->row(q);
        const std::set<ItemIndex> inA(rowA.begin(), rowA.end());
        const auto shared =
            std::ranges::count_if(listsB->row(q), [&](ItemIndex item) { return item.valid() && inA.contains(item); });
        changed.push_back({*queries[q].user, static_cast<std::size_t>(shared)});
    }
    std::ranges::stable_sort(changed, {}, &Changed::shared);
    return changed;
}

} // namespace orrery
