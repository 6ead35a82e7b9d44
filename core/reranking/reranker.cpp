// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/reranker.h"

#include "core/base/parallel.h"
#include "core/reranking/rule_run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {

std::vector<float> placeScores(std::span<const Candidate> candidates)
{
    std::vector<RankedEntry> entries;
    for (std::uint32_t i = 0; i < candidates.size(); ++i)
        if (!std::isnan(candidates[i].score))
            entries.push_back({candidates[i].score, candidates[i].item, i});
    std::ranges::sort(entries, better);
    giveDiscounts(entries);
    std::vector<float> scores(candidates.size(), 0);
    for (const RankedEntry& entry : entries)
        scores[entry.candidate] = entry.score;
    return scores;
}

double placeWithFactor(double place, double factor) { return std::max(1.0, std::pow(1 + place, 1 / factor) - 1); }

std::string missingFor(const RuleAction& action, const RuleCatalog& catalog)
{
    const auto ready = makeReady({action}, catalog);
    return ready ? ready->lacks : std::string();
}

Reranker::Reranker(RuleSet rules, std::shared_ptr<const RuleCatalog> catalog)
    : m_rules(std::move(rules)), m_catalog(std::move(catalog))
{
}

Reranker::~Reranker() = default;

Result<std::shared_ptr<const Reranker>> Reranker::make(RuleSet rules, std::shared_ptr<const RuleCatalog> catalog)
{
    auto made = std::make_shared<Reranker>(std::move(rules), std::move(catalog));
    for (std::size_t i = 0; i < made->m_rules.rules.size(); ++i) {
        const Rule& rule = made->m_rules.rules[i];
        auto ready = makeReady(rule, *made->m_catalog);
        if (!ready) {
            ready.error().where = fmt::format("rule {} ({})", i + 1, wordsOf(rule));
            return tl::unexpected(ready.error());
        }
        made->m_ready.push_back(std::move(*ready));
    }
    return made;
}

std::string Reranker::whyNot(std::size_t rule, const RuleRequest& request) const
{
    return m_ready[rule].conditions.whyNot(request, nowOf(request, *m_catalog));
}

std::vector<Reranked> Reranker::rerank(std::span<const Candidate> candidates, const RuleRequest& request, std::size_t k,
                                       RuleTrail* trail, std::size_t rules) const
{
    RuleRun run(*this, request, trail);
    run.start(candidates);
    for (std::size_t rule = 0; rule < std::min(rules, m_rules.rules.size()); ++rule)
        run.act(rule);
    return run.first(k);
}

Result<std::vector<std::vector<Reranked>>> rerankAll(const Reranker& reranker,
                                                     std::span<const std::vector<Candidate>> candidates,
                                                     std::span<const RuleRequest> requests, std::size_t k,
                                                     const JobContext& job)
{
    constexpr std::size_t peopleAtOnce = 16;
    std::vector<std::vector<Reranked>> lists(requests.size());
    const auto done = parallelFor(job, requests.size(), peopleAtOnce, [&](std::size_t first, std::size_t last) {
        for (std::size_t person = first; person < last; ++person)
            lists[person] = reranker.rerank(candidates[person], requests[person], k);
    });
    if (!done)
        return tl::unexpected(done.error());
    return lists;
}

} // namespace orrery
