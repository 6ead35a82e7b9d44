// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/item_losses.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace orrery {
namespace {

constexpr std::size_t grain = 8;

/// One person's part of ItemLosses.
class OneWay {
public:
    OneWay(const Funnel& funnel, const FunnelRun& run, ItemIndex item, std::size_t k, ItemLosses& into)
        : m_funnel(funnel), m_run(run), m_item(item), m_k(k), m_into(into)
    {
    }

    void count()
    {
        ++m_into.people;
        const auto found = std::ranges::find(m_run.candidates.items, m_item);
        const bool isCandidate = found != m_run.candidates.items.end();
        if (isCandidate) {
            const auto places =
                m_run.candidates.placesOf(static_cast<std::size_t>(found - m_run.candidates.items.begin()));
            for (std::size_t source = 0; source < places.size(); ++source)
                m_into.foundBy[source] += places[source] > 0 ? 1 : 0;
        }
        if (const auto row = m_run.trail.find(m_item))
            return countCandidate(*row);
        const History& history = m_run.request.query.history;
        const bool seen = std::ranges::binary_search(history, m_item, {}, &HistoryEntry::item);
        if (seen && !m_funnel.recipe().again)
            ++m_into.seen;
        else if (isCandidate)
            ++m_into.ranked; // it cannot be scored
        else
            ++m_into.notFound;
    }

private:
    void countCandidate(std::size_t row)
    {
        if (const auto rule = m_run.trail.droppedBy(row)) {
            ++m_into.rules[*rule].dropped;
            return;
        }
        const std::uint32_t before = m_run.trail.firstPlace(row);
        const std::size_t rules = m_run.trail.effects().size();
        const std::uint32_t after = rules == 0 ? before : m_run.trail.placeAfter(rules - 1, row);
        const bool wasListed = before > 0 && before <= m_k;
        if (after > 0 && after <= m_k) {
            ++m_into.listed;
            m_into.brought += wasListed ? 0 : 1;
        } else if (wasListed) {
            ++m_into.rules[pusher(row)].pushed;
        } else {
            ++m_into.ranked;
        }
    }

    /// The rule after which it stood below the first k for good.
    [[nodiscard]] std::size_t pusher(std::size_t row) const
    {
        std::size_t last = 0;
        for (std::size_t rule = 0; rule < m_run.trail.effects().size(); ++rule) {
            const std::uint32_t before =
                rule == 0 ? m_run.trail.firstPlace(row) : m_run.trail.placeAfter(rule - 1, row);
            const std::uint32_t after = m_run.trail.placeAfter(rule, row);
            if (before <= m_k && after > m_k)
                last = rule;
        }
        return last;
    }

    const Funnel& m_funnel;
    const FunnelRun& m_run;
    ItemIndex m_item;
    std::size_t m_k;
    ItemLosses& m_into;
};

ItemLosses nothingYet(const Funnel& funnel)
{
    ItemLosses losses;
    losses.foundBy.assign(funnel.recipe().sources.size(), 0);
    for (const Rule& rule : funnel.recipe().rules.rules)
        losses.rules.push_back({wordsOf(rule)});
    return losses;
}

void add(ItemLosses& sum, const ItemLosses& part)
{
    sum.people += part.people;
    sum.seen += part.seen;
    sum.notFound += part.notFound;
    sum.ranked += part.ranked;
    sum.listed += part.listed;
    sum.brought += part.brought;
    for (std::size_t rule = 0; rule < sum.rules.size(); ++rule) {
        sum.rules[rule].dropped += part.rules[rule].dropped;
        sum.rules[rule].pushed += part.rules[rule].pushed;
    }
    for (std::size_t source = 0; source < sum.foundBy.size(); ++source)
        sum.foundBy[source] += part.foundBy[source];
}

} // namespace

std::size_t ItemLosses::lostInRules() const
{
    std::size_t lost = 0;
    for (const ByRule& rule : rules)
        lost += rule.dropped + rule.pushed;
    return lost;
}

Result<ItemLosses> lossesOf(const Funnel& funnel, std::span<const Query> queries, ItemIndex item, std::size_t k,
                            const JobContext& job)
{
    std::vector<ItemLosses> parts(chunkCount(queries.size(), grain), nothingYet(funnel));
    const JobContext single({job.seed(), 1});
    const auto done = parallelFor(job, queries.size(), grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t q = first; q < last && !job.cancelled(); ++q)
            if (const auto run = funnel.run(queries[q], k, TrailLevel::Full, single))
                OneWay(funnel, *run, item, k, parts[first / grain]).count();
    });
    if (!done)
        return tl::unexpected(done.error());
    ItemLosses sum = nothingYet(funnel);
    for (const ItemLosses& part : parts)
        add(sum, part);
    return sum;
}

} // namespace orrery
