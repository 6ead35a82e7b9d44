// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_diagnostics.h"

#include "core/base/parallel.h"
#include "core/base/words.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

using Lists = std::vector<std::vector<Reranked>>;
using Flags = std::vector<std::uint8_t>; ///< one a person

constexpr std::size_t undone = 10; // one in so many may still change
constexpr std::size_t peopleAtOnce = 8;

class Diagnosis {
public:
    Diagnosis(const Reranker& reranker, std::shared_ptr<const RuleCatalog> catalog,
              std::span<const std::vector<Candidate>> candidates, std::span<const RuleRequest> requests, std::size_t k,
              const JobContext& job)
        : m_reranker(reranker), m_set(reranker.rules()), m_catalog(std::move(catalog)), m_candidates(candidates),
          m_requests(requests), m_k(k), m_job(job), m_changed(m_set.rules.size()), m_emptied(m_set.rules.size(), 0),
          m_why(m_set.rules.size())
    {
        m_report.rules.resize(m_set.rules.size());
    }

    Result<RuleReport> run()
    {
        for (const auto step : {&Diagnosis::follow, &Diagnosis::leaveOutEach, &Diagnosis::leaveOutPairs})
            if (const auto done = (this->*step)(); !done)
                return tl::unexpected(done.error());
        tellDead();
        m_report.findings.insert(m_report.findings.end(), m_pairs.begin(), m_pairs.end());
        tellEmptying();
        return m_report;
    }

private:
    [[nodiscard]] bool takesPart(std::size_t rule) const
    {
        return m_set.rules[rule].on && !std::holds_alternative<ExposureRule>(m_set.rules[rule].action);
    }
    [[nodiscard]] std::string words(std::size_t rule) const { return fmt::format("'{}'", wordsOf(m_set.rules[rule])); }

    /// Everybody's whole way: who is acted on, and which rule leaves too few.
    Status follow()
    {
        std::vector<RuleTrail> trails(m_requests.size());
        m_lists.resize(m_requests.size());
        const auto done = parallelFor(m_job, m_requests.size(), peopleAtOnce, [&](std::size_t from, std::size_t to) {
            for (std::size_t person = from; person < to; ++person)
                m_lists[person] = m_reranker.rerank(m_candidates[person], m_requests[person], m_k, &trails[person]);
        });
        if (!done)
            return done;
        for (const RuleTrail& trail : trails)
            take(trail);
        return {};
    }
    void take(const RuleTrail& trail)
    {
        std::size_t left = 0;
        for (std::size_t i = 0; i < trail.candidates(); ++i)
            left += trail.firstPlace(i) > 0 ? 1 : 0;
        for (std::size_t rule = 0; rule < trail.effects().size(); ++rule) {
            const RuleEffect& effect = trail.effects()[rule];
            m_report.rules[rule].held += effect.state == RuleEffect::State::Acted ? 1 : 0;
            if (!effect.why.empty())
                m_why[rule] = effect.why;
            m_emptied[rule] += left >= m_k && left - effect.dropped < m_k ? 1 : 0;
            left -= effect.dropped;
        }
    }

    Result<Flags> changedWithout(std::initializer_list<std::size_t> rules)
    {
        RuleSet set = m_set;
        for (const std::size_t rule : rules)
            set.rules[rule].on = false;
        const auto less = Reranker::make(std::move(set), m_catalog);
        if (!less)
            return tl::unexpected(less.error());
        const auto lists = rerankAll(**less, m_candidates, m_requests, m_k, m_job);
        if (!lists)
            return tl::unexpected(lists.error());
        Flags changed(m_lists.size());
        for (std::size_t person = 0; person < changed.size(); ++person)
            changed[person] =
                std::ranges::equal(m_lists[person], (*lists)[person], {}, &Reranked::item, &Reranked::item) ? 0 : 1;
        return changed;
    }

    Status leaveOutEach()
    {
        for (std::size_t rule = 0; rule < m_set.rules.size(); ++rule) {
            if (!takesPart(rule))
                continue;
            auto changed = changedWithout({rule});
            if (!changed)
                return tl::unexpected(changed.error());
            m_changed[rule] = std::move(*changed);
            m_report.rules[rule].changed = static_cast<std::size_t>(std::ranges::count(m_changed[rule], 1));
        }
        return {};
    }

    Status leaveOutPairs()
    {
        for (std::size_t rule = 0; rule < m_set.rules.size(); ++rule)
            for (std::size_t other = rule + 1; other < m_set.rules.size(); ++other)
                if (m_report.rules[rule].changed > 0 && m_report.rules[other].changed > 0)
                    if (const auto done = leaveOut(rule, other); !done)
                        return done;
        return {};
    }
    Status leaveOut(std::size_t rule, std::size_t other)
    {
        std::size_t either = 0, both = 0;
        for (std::size_t person = 0; person < m_lists.size(); ++person) {
            either += m_changed[rule][person] | m_changed[other][person];
            both += m_changed[rule][person] & m_changed[other][person];
        }
        if (2 * both < either)
            return {};
        const auto changed = changedWithout({rule, other});
        if (!changed)
            return tl::unexpected(changed.error());
        std::size_t still = 0;
        for (std::size_t person = 0; person < m_lists.size(); ++person)
            still += (m_changed[rule][person] | m_changed[other][person]) & (*changed)[person];
        if (undone * still <= either)
            m_pairs.push_back({RuleFinding::Kind::Undoes, rule, other, either,
                               fmt::format("{} and {} undo each other: without both, {} of {} lists stay as they are",
                                           words(rule), words(other), either - still, either)});
        return {};
    }

    void tellDead()
    {
        for (std::size_t rule = 0; rule < m_set.rules.size(); ++rule) {
            if (!takesPart(rule) || m_report.rules[rule].changed > 0)
                continue;
            const std::size_t held = m_report.rules[rule].held;
            const std::string why = held > 0 ? fmt::format("it acts for {}, but the first {} places stay as they are",
                                                           counted(held, "person", "people"), m_k)
                                             : m_why[rule];
            m_report.findings.push_back(
                {RuleFinding::Kind::Dead, rule, 0, held,
                 fmt::format("{} changes nobody's list{}{}", words(rule), why.empty() ? "" : ": ", why)});
        }
    }
    void tellEmptying()
    {
        for (std::size_t rule = 0; rule < m_set.rules.size(); ++rule)
            if (m_emptied[rule] > 0)
                m_report.findings.push_back({RuleFinding::Kind::Empties, rule, 0, m_emptied[rule],
                                             fmt::format("{} leaves fewer than {} items for {} of {} people",
                                                         words(rule), m_k, m_emptied[rule], m_requests.size())});
    }

    const Reranker& m_reranker;
    const RuleSet& m_set;
    std::shared_ptr<const RuleCatalog> m_catalog;
    std::span<const std::vector<Candidate>> m_candidates;
    std::span<const RuleRequest> m_requests;
    std::size_t m_k;
    const JobContext& m_job;
    Lists m_lists;
    std::vector<Flags> m_changed; ///< by rule; empty where it takes no part
    std::vector<std::size_t> m_emptied;
    std::vector<std::string> m_why;
    std::vector<RuleFinding> m_pairs;
    RuleReport m_report;
};

} // namespace

Result<RuleReport> diagnose(const Reranker& reranker, std::shared_ptr<const RuleCatalog> catalog,
                            std::span<const std::vector<Candidate>> candidates, std::span<const RuleRequest> requests,
                            std::size_t k, const JobContext& job)
{
    return Diagnosis(reranker, std::move(catalog), candidates, requests, k, job).run();
}

} // namespace orrery
