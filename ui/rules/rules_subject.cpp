// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rules/rules_subject.h"

#include "core/evaluation/rule_sample.h"

namespace orrery::ui {
namespace {

constexpr std::size_t candidateCount = 1000; // of a model: as many as a funnel keeps

/// A model or an imported list: it has no rules yet.
class PlainSubject final : public RulesSubject {
public:
    explicit PlainSubject(const ModelEntry& entry) : m_name(entry.row.name), m_recommender(entry.recommender) {}

    [[nodiscard]] RuleSet rules() const override { return {}; }
    [[nodiscard]] Result<std::vector<Candidate>> candidates(const Query& query, const JobContext& job) const override
    {
        return candidatesOf(*m_recommender, query, candidateCount, job);
    }
    [[nodiscard]] Result<std::vector<std::vector<Candidate>>> candidates(std::span<const RuleRequest> requests,
                                                                         const JobContext& job) const override
    {
        return candidatesOf(*m_recommender, requests, candidateCount, job);
    }
    [[nodiscard]] std::optional<FunnelRecipe> recipe(const RuleSet& rules) const override
    {
        if (!m_recommender->model())
            return {};
        FunnelRecipe made = rulesOnly(m_name, rules);
        made.name = m_name + " + rules";
        return made;
    }

private:
    std::string m_name;
    RecommenderPtr m_recommender;
};

class FunnelSubject final : public RulesSubject {
public:
    explicit FunnelSubject(RecommenderPtr recommender)
        : m_recommender(std::move(recommender)), m_funnel(*funnelOf(m_recommender.get()))
    {
    }

    [[nodiscard]] RuleSet rules() const override { return m_funnel.recipe().rules; }
    [[nodiscard]] Result<std::vector<Candidate>> candidates(const Query& query, const JobContext& job) const override
    {
        auto before = m_funnel.beforeRules({&query, 1}, job);
        if (!before)
            return tl::unexpected(before.error());
        return std::move(before->candidates.front());
    }
    [[nodiscard]] Result<std::vector<std::vector<Candidate>>> candidates(std::span<const RuleRequest> requests,
                                                                         const JobContext& job) const override
    {
        std::vector<Query> queries;
        for (const RuleRequest& request : requests)
            queries.push_back(request.query);
        auto before = m_funnel.beforeRules(queries, job);
        if (!before)
            return tl::unexpected(before.error());
        return std::move(before->candidates);
    }
    [[nodiscard]] std::optional<FunnelRecipe> recipe(const RuleSet& rules) const override
    {
        FunnelRecipe made = m_funnel.recipe();
        made.rules = rules;
        return made;
    }

private:
    RecommenderPtr m_recommender; ///< holds the funnel
    const Funnel& m_funnel;
};

} // namespace

std::shared_ptr<const RulesSubject> subjectOf(const ModelEntry& entry)
{
    if (funnelOf(entry.recommender.get()))
        return std::make_shared<const FunnelSubject>(entry.recommender);
    return std::make_shared<const PlainSubject>(entry);
}

} // namespace orrery::ui
