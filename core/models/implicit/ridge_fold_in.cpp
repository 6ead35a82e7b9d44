// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/ridge_fold_in.h"

#include "core/models/implicit/factor_model.h"

#include <numeric>

namespace orrery::implicit {
namespace {

class RidgePerson final : public FoldedIn {
public:
    RidgePerson(MatrixView items, std::span<const double> gram, float extra, Liked liked, float penalty)
        : m_items(items), m_extra(static_cast<double>(extra)), m_liked(std::move(liked)),
          m_equations(items, gram, extra, m_liked.items, m_liked.weights, penalty), m_vector(m_equations.solution())
    {
    }

    [[nodiscard]] std::span<const double> vector() const override { return m_vector; }

    [[nodiscard]] std::vector<double> contributions(std::uint32_t item) const override
    {
        const auto seen = m_equations.applyInverse(m_items.row(item));
        std::vector<double> parts;
        for (std::size_t j = 0; j < m_liked.items.size(); ++j) {
            const auto row = m_items.row(m_liked.items[j]);
            const double similarity =
                std::transform_reduce(row.begin(), row.end(), seen.begin(), 0.0, std::plus<>{},
                                      [](float a, double b) { return static_cast<double>(a) * b; });
            parts.push_back((m_extra + static_cast<double>(m_liked.weights[j])) * similarity);
        }
        return parts;
    }

private:
    MatrixView m_items;
    double m_extra;
    Liked m_liked;
    als::Equations m_equations;
    std::vector<double> m_vector;
};

} // namespace

RidgeFoldIn::RidgeFoldIn(MatrixView items, als::Objective objective, PenaltyRule penalty)
    : m_items(items), m_objective(objective), m_penalty(penalty),
      // a fresh job is never cancelled
      m_gram(als::gramOf(JobContext({0, 1}), items, static_cast<double>(objective.unknown)).value())
{
}

float RidgeFoldIn::penaltyOf(const Liked& liked) const
{
    const double unknown = static_cast<double>(m_objective.unknown) * static_cast<double>(m_items.rows);
    return m_penalty.of(std::accumulate(liked.weights.begin(), liked.weights.end(), unknown));
}

std::unique_ptr<FoldedIn> RidgeFoldIn::fit(Liked liked) const
{
    const float penalty = penaltyOf(liked);
    return std::make_unique<RidgePerson>(m_items, m_gram, m_objective.extra(), std::move(liked), penalty);
}

void RidgeFoldIn::solve(std::span<const Liked> people, MatrixRef vectors) const
{
    als::ExactSolver solver(m_items, m_gram, m_objective.extra());
    for (std::size_t p = 0; p < people.size(); ++p)
        solver.solve(people[p].items, people[p].weights, penaltyOf(people[p]), vectors.row(p));
}

void RidgeFoldIn::save(Artifact& artifact) const
{
    const double objective[] = {static_cast<double>(m_objective.unknown), m_objective.everywhere ? 1.0 : 0.0};
    artifact.put("objective", std::span<const double>(objective));
    const double penalty[] = {static_cast<double>(m_penalty.strength), static_cast<double>(m_penalty.exponent),
                              m_penalty.norm};
    artifact.put("penalty-rule", std::span<const double>(penalty));
}

Result<std::unique_ptr<const FoldInMethod>> RidgeFoldIn::load(const Artifact& artifact, MatrixView items)
{
    const auto objective = artifact.doubles("objective", 2);
    const auto penalty = artifact.doubles("penalty-rule", 3);
    for (const auto* read : {&objective, &penalty})
        if (!*read)
            return tl::unexpected(read->error());
    const auto& o = *objective;
    if (!isPositiveFloat(o[0]) || (o[1] != 0 && o[1] != 1))
        return corruptSettings("objective");
    const auto& p = *penalty;
    if (!isPositiveFloat(p[0]) || p[1] < 0 || p[1] > 1 || !isPositiveFloat(p[2]))
        return corruptSettings("penalty-rule");
    return std::make_unique<const RidgeFoldIn>(items, als::Objective{static_cast<float>(o[0]), o[1] == 1},
                                               PenaltyRule{static_cast<float>(p[0]), static_cast<float>(p[1]), p[2]});
}

} // namespace orrery::implicit
