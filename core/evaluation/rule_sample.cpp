// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/rule_sample.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/evaluation/evaluator.h"

#include <algorithm>

namespace orrery {
namespace {

constexpr double laterShare = .1;
constexpr std::size_t peopleAtOnce = 256;

/// Which cells of a row are of later and relevant.
class Later {
public:
    Later(const Dataset& dataset, Timestamp cut)
        : m_cut(cut), m_isRated(dataset.feedback() == Feedback::Explicit),
          m_relevantFrom(Protocol::standard(dataset).relevantFrom)
    {
    }
    [[nodiscard]] bool holds(const Interactions::Row& row, std::size_t cell) const
    {
        return m_cut != endOfTime && cell < row.times.size() && row.times[cell] >= m_cut &&
               (m_isRated ? row.values[cell] >= m_relevantFrom : row.values[cell] > 0);
    }
    [[nodiscard]] bool anyIn(const Interactions::Row& row) const
    {
        for (std::size_t cell = 0; cell < row.size(); ++cell)
            if (holds(row, cell))
                return true;
        return false;
    }

private:
    Timestamp m_cut;
    bool m_isRated;
    float m_relevantFrom;
};

/// Who can be drawn.
struct Drawable {
    std::vector<std::uint32_t> judged, others;
};

Drawable drawable(const Dataset& dataset, Timestamp cut)
{
    const Interactions& cells = dataset.interactions();
    const Later later(dataset, cut);
    Drawable found;
    for (std::uint32_t person = 0; person < dataset.personCount(); ++person) {
        const auto row = cells.row(UserIndex{person});
        const bool known =
            row.times.empty() ? row.size() > 0 : std::ranges::any_of(row.times, [&](Timestamp at) { return at < cut; });
        if (known)
            (later.anyIn(row) ? found.judged : found.others).push_back(person);
    }
    return found;
}

} // namespace

std::vector<ItemIndex> laterChoices(const Dataset& dataset, UserIndex user, Timestamp cut, const History& known)
{
    const Later later(dataset, cut);
    const auto row = dataset.interactions().row(user);
    std::vector<ItemIndex> items;
    for (std::size_t cell = 0; cell < row.size(); ++cell)
        if (later.holds(row, cell) && !std::ranges::binary_search(known, row.items[cell], {}, &HistoryEntry::item))
            items.push_back(row.items[cell]);
    return items;
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
    auto [drawn, others] = drawable(dataset, cut);
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
    const auto done = parallelFor(job, drawn.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            sample.requests[i] = ruleRequestFor(catalog, queryFor(dataset, sample.people[i], cut));
            sample.later[i] = laterChoices(dataset, sample.people[i], cut, sample.requests[i].query.history);
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
