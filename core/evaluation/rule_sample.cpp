// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/rule_sample.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/evaluation/evaluator.h"

#include <algorithm>

namespace orrery {
namespace {

constexpr Timestamp session = 3'600;
constexpr double laterShare = .1;
constexpr std::size_t peopleAtOnce = 256;

/// What a person chose from the cut on that is relevant and not known, ascending.
std::vector<ItemIndex> laterChoices(const Interactions::Row& row, Timestamp cut, bool rated, float relevantFrom)
{
    std::vector<ItemIndex> later;
    for (std::size_t i = 0; i < row.times.size(); ++i)
        if (row.times[i] >= cut && (rated ? row.values[i] >= relevantFrom : row.values[i] > 0))
            later.push_back(row.items[i]);
    return later;
}

/// Who can be drawn.
struct Drawable {
    std::vector<std::uint32_t> judged, others;
};

Drawable drawable(const Dataset& dataset, Timestamp cut, float relevantFrom)
{
    const Interactions& cells = dataset.interactions();
    const bool rated = dataset.feedback() == Feedback::Explicit;
    Drawable found;
    for (std::uint32_t person = 0; person < dataset.personCount(); ++person) {
        const auto row = cells.row(UserIndex{person});
        const auto known =
            row.times.empty()
                ? row.size()
                : static_cast<std::size_t>(std::ranges::count_if(row.times, [&](Timestamp at) { return at < cut; }));
        if (known == 0)
            continue;
        const bool judged = cut != endOfTime && !laterChoices(row, cut, rated, relevantFrom).empty();
        (judged ? found.judged : found.others).push_back(person);
    }
    return found;
}

} // namespace

RuleRequest ruleRequestFor(const RuleCatalog& catalog, Query query)
{
    RuleRequest request;
    if (query.user)
        request.purchased = catalog.purchasesOf(*query.user, query.now);
    Timestamp newest = noTime;
    for (const HistoryEntry& entry : query.history)
        newest = entry.at == noTime ? newest : std::max(newest, entry.at);
    for (const HistoryEntry& entry : query.history)
        if (entry.at != noTime && newest - entry.at <= session)
            request.session.push_back(entry.item);
    request.query = std::move(query);
    return request;
}

Timestamp usualCut(const Dataset& dataset, Timestamp asOf)
{
    if (asOf != endOfTime)
        return asOf;
    const Timestamp tenth = dataset.timeOfShare(1 - laterShare);
    return tenth == noTime ? endOfTime : tenth;
}

Result<RuleSample> drawRuleSample(const RuleCatalog& catalog, Timestamp cut, std::size_t most, std::uint64_t seed,
                                  const JobContext& job)
{
    const Dataset& dataset = catalog.dataset();
    const float relevantFrom = Protocol::standard(dataset).relevantFrom;
    auto [drawn, others] = drawable(dataset, cut, relevantFrom);
    Rng rng(seedFor(seed, "rules.sample"));
    rng.shuffle(std::span(drawn));
    rng.shuffle(std::span(others));
    drawn.insert(drawn.end(), others.begin(), others.end());
    drawn.resize(std::min(most, drawn.size()));
    std::ranges::sort(drawn);
    RuleSample sample{
        cut, {}, std::vector<RuleRequest>(drawn.size()), std::vector<std::vector<ItemIndex>>(drawn.size())};
    for (const std::uint32_t person : drawn)
        sample.people.push_back(UserIndex{person});
    const bool rated = dataset.feedback() == Feedback::Explicit;
    const auto done = parallelFor(job, drawn.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            sample.requests[i] = ruleRequestFor(catalog, queryFor(dataset, sample.people[i], cut));
            if (cut == endOfTime)
                continue;
            auto& later = sample.later[i];
            later = laterChoices(dataset.interactions().row(sample.people[i]), cut, rated, relevantFrom);
            const History& known = sample.requests[i].query.history;
            std::erase_if(later, [&](ItemIndex item) {
                return std::ranges::binary_search(known, item, {}, &HistoryEntry::item);
            });
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return sample;
}

Result<std::vector<Candidate>> candidatesOf(const Recommender& recommender, const Query& query, std::size_t n,
                                            const JobContext& job)
{
    const auto list = recommender.recommend(query, n, TrailLevel::None, job);
    if (!list)
        return tl::unexpected(list.error());
    std::vector<Candidate> candidates;
    for (const Recommendation& one : list->items)
        candidates.push_back({one.item, one.score});
    return candidates;
}

Result<std::vector<std::vector<Candidate>>> candidatesOf(const Recommender& recommender,
                                                         std::span<const RuleRequest> requests, std::size_t n,
                                                         const JobContext& job)
{
    std::vector<Query> queries;
    for (const RuleRequest& request : requests)
        queries.push_back(request.query);
    const auto lists = recommender.recommendAll(queries, n, job);
    if (!lists)
        return tl::unexpected(lists.error());
    std::vector<std::vector<Candidate>> candidates(requests.size());
    for (std::size_t q = 0; q < requests.size(); ++q)
        for (std::size_t i = 0; i < lists->n && lists->row(q)[i].valid(); ++i)
            candidates[q].push_back({lists->row(q)[i], lists->scores[q * lists->n + i]});
    return candidates;
}

} // namespace orrery
