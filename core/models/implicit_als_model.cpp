// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit_als_model.h"

#include "core/models/als_solver.h"
#include "core/models/artifact.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <Eigen/Core>

namespace orrery::als {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

/// The score and each term of its explanation are solutions of the same equations.
class FoldIn final : public Reader {
public:
    FoldIn(const ImplicitAls& model, ImplicitAls::Preferred preferred)
        : m_items(model.parts().items.view()), m_preferred(std::move(preferred)),
          m_equations(m_items, model.gram(), m_preferred.items, m_preferred.weights, m_preferred.penalty),
          m_solution(m_equations.solution()), m_vector(m_solution.begin(), m_solution.end())
    {
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = items[i].value < m_items.rows ? static_cast<float>(product(items[i].value, m_solution)) : unknown;
    }

    /// Hu et al., section 5: with A the person's matrix, x . y_i is the sum over the history of c_j (y_i A^-1 y_j).
    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        float scored = unknown;
        score({&item, 1}, {&scored, 1});
        Explanation why{{}, static_cast<double>(scored)};
        if (item.value >= m_items.rows)
            return why;
        const auto seen = m_equations.applyInverse(m_items.row(item.value));
        for (std::size_t j = 0; j < m_preferred.items.size(); ++j) {
            const double similarity = product(m_preferred.items[j], seen);
            const double confidence = 1 + static_cast<double>(m_preferred.weights[j]);
            why.terms.push_back({TermKind::HistoryItem, ItemIndex{m_preferred.items[j]}, {}, confidence * similarity});
        }
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }

private:
    [[nodiscard]] double product(std::size_t item, const std::vector<double>& vector) const
    {
        const auto k = static_cast<Eigen::Index>(vector.size());
        const Eigen::Map<const Eigen::VectorXf> factors(m_items.row(item).data(), k);
        return factors.cast<double>().dot(Eigen::Map<const Eigen::VectorXd>(vector.data(), k));
    }

    MatrixView m_items;
    ImplicitAls::Preferred m_preferred;
    Equations m_equations;
    std::vector<double> m_solution;
    std::vector<float> m_vector; ///< the same, to be looked at
};

/// Of a history in which nothing is preferred all scores would be zero.
class WhatMostUse final : public Reader {
public:
    explicit WhatMostUse(const PopularFallback& popular) : m_popular(popular) {}

    void score(std::span<const ItemIndex> items, std::span<float> out) const override { m_popular.score(items, out); }
    [[nodiscard]] Explanation explain(ItemIndex item) const override { return m_popular.explain(item); }
    [[nodiscard]] std::string fallback() const override { return PopularFallback::sentence(); }

private:
    const PopularFallback& m_popular;
};

tl::unexpected<Error> corrupt(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's settings make no sense", "Train the model again", where);
}

/// As a float, too.
bool positive(double value)
{
    return value >= static_cast<double>(std::numeric_limits<float>::min()) &&
           value <= static_cast<double>(std::numeric_limits<float>::max());
}

Status readRules(const Artifact& artifact, AlsParts& parts)
{
    const auto confidence = artifact.doubles("confidence-rule", 4);
    if (!confidence)
        return tl::unexpected(confidence.error());
    const auto& c = *confidence;
    if ((c[0] != 0 && c[0] != 1 && c[0] != 2) || c[1] < 0 || c[1] > 1e6 || !positive(c[2]) || !positive(c[3]))
        return corrupt("confidence-rule");
    parts.confidence = {static_cast<ConfidenceRule::Mapping>(static_cast<int>(c[0])), static_cast<float>(c[1]),
                        static_cast<float>(c[2]), static_cast<float>(c[3])};
    const auto penalty = artifact.doubles("penalty-rule", 3);
    if (!penalty)
        return tl::unexpected(penalty.error());
    const auto& p = *penalty;
    if (!positive(p[0]) || (p[1] != 0 && p[1] != 1) || !positive(p[2]))
        return corrupt("penalty-rule");
    parts.penalty = {static_cast<float>(p[0]), p[1] == 1, p[2]};
    return {};
}

Result<Matrix> readMatrix(const Artifact& artifact, const std::string& name, std::size_t rows, std::size_t cols)
{
    const auto values = artifact.floats(name, rows * cols);
    if (!values)
        return tl::unexpected(values.error());
    Matrix matrix(rows, cols);
    std::ranges::copy(*values, matrix.all().begin());
    return matrix;
}

} // namespace

float ConfidenceRule::weightOf(float value) const
{
    if (!std::isfinite(value) || value <= 0 || value < likedFrom)
        return 0;
    switch (mapping) {
    case Mapping::Above: return alpha;
    case Mapping::Linear: return alpha * value;
    case Mapping::Log: return alpha * std::log1p(value / epsilon);
    }
    return 0;
}

ImplicitAls::ImplicitAls(AlsParts parts) : m_parts(std::move(parts))
{
    m_gram = gramOf(JobContext({0, 1}), m_parts.items.view()).value(); // a fresh job is never cancelled
}

void ImplicitAls::collect(const History& history, Preferred& preferred) const
{
    preferred.items.clear();
    preferred.weights.clear();
    double size = static_cast<double>(itemCount());
    for (const HistoryEntry& entry : history) {
        const float weight = m_parts.confidence.weightOf(entry.value);
        if (weight <= 0 || entry.item.value >= itemCount())
            continue;
        preferred.items.push_back(entry.item.value);
        preferred.weights.push_back(weight);
        size += static_cast<double>(weight);
    }
    preferred.penalty = m_parts.penalty.of(size);
}

std::unique_ptr<Reader> ImplicitAls::read(const Query& query) const
{
    Preferred preferred;
    collect(query.history, preferred);
    if (preferred.items.empty())
        return std::make_unique<WhatMostUse>(m_parts.fallback);
    return std::make_unique<FoldIn>(*this, std::move(preferred));
}

void ImplicitAls::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    const auto k = static_cast<Eigen::Index>(m_parts.items.cols());
    const auto rows = static_cast<Eigen::Index>(queries.size());
    const auto known = static_cast<Eigen::Index>(std::min(out.cols, itemCount()));
    Matrix people(queries.size(), m_parts.items.cols());
    ExactSolver solver(m_parts.items.view(), m_gram);
    Preferred preferred;
    std::vector<std::size_t> strangers;
    for (std::size_t q = 0; q < queries.size(); ++q) {
        collect(queries[q].history, preferred);
        solver.solve(preferred.items, preferred.weights, preferred.penalty, people.row(q));
        if (preferred.items.empty())
            strangers.push_back(q);
    }
    Eigen::Map<RowMajor> scores(out.data, rows, static_cast<Eigen::Index>(out.cols));
    const Eigen::Map<const RowMajor> persons(people.all().data(), rows, k);
    const Eigen::Map<const RowMajor> items(m_parts.items.all().data(), known, k);
    scores.leftCols(known).noalias() = persons * items.transpose();
    scores.rightCols(static_cast<Eigen::Index>(out.cols) - known).setConstant(unknown);
    for (const std::size_t q : strangers)
        m_parts.fallback.scoreAll(out.row(q));
}

void ImplicitAls::save(Artifact& artifact) const
{
    const std::int64_t shape[] = {static_cast<std::int64_t>(m_parts.items.rows()),
                                  static_cast<std::int64_t>(m_parts.people.rows()),
                                  static_cast<std::int64_t>(m_parts.items.cols())};
    artifact.put("shape", std::span<const std::int64_t>(shape));
    artifact.put("item-factors", m_parts.items.all());
    artifact.put("person-factors", m_parts.people.all());
    const ConfidenceRule& c = m_parts.confidence;
    const double confidence[] = {static_cast<double>(c.mapping), static_cast<double>(c.likedFrom),
                                 static_cast<double>(c.alpha), static_cast<double>(c.epsilon)};
    artifact.put("confidence-rule", std::span<const double>(confidence));
    const PenaltyRule& p = m_parts.penalty;
    const double penalty[] = {static_cast<double>(p.share), p.bySize ? 1.0 : 0.0, p.averageSize};
    artifact.put("penalty-rule", std::span<const double>(penalty));
    m_parts.fallback.save(artifact);
}

Result<ModelPtr> ImplicitAls::load(const Artifact& artifact)
{
    const auto shape = artifact.integers("shape", 3);
    if (!shape)
        return tl::unexpected(shape.error());
    constexpr std::int64_t mostRows = std::numeric_limits<std::uint32_t>::max();
    const auto [items, people, k] = std::tuple{(*shape)[0], (*shape)[1], (*shape)[2]};
    if (items < 1 || items > mostRows || people < 0 || people > mostRows || k < 1 || k > 4096)
        return corrupt("shape");
    AlsParts parts;
    if (const auto rules = readRules(artifact, parts); !rules)
        return tl::unexpected(rules.error());
    auto itemFactors =
        readMatrix(artifact, "item-factors", static_cast<std::size_t>(items), static_cast<std::size_t>(k));
    if (!itemFactors)
        return tl::unexpected(itemFactors.error());
    auto personFactors =
        readMatrix(artifact, "person-factors", static_cast<std::size_t>(people), static_cast<std::size_t>(k));
    if (!personFactors)
        return tl::unexpected(personFactors.error());
    auto fallback = PopularFallback::load(artifact, static_cast<std::size_t>(items));
    if (!fallback)
        return tl::unexpected(fallback.error());
    parts.items = std::move(*itemFactors);
    parts.people = std::move(*personFactors);
    parts.fallback = std::move(*fallback);
    return std::make_shared<const ImplicitAls>(std::move(parts));
}

} // namespace orrery::als
