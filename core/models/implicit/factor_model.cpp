// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/factor_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <Eigen/Core>

namespace orrery::implicit {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

/// The score and each term of its explanation are computed on their own.
class PersonReader final : public Reader {
public:
    PersonReader(ItemFactors items, const Liked& liked, std::unique_ptr<const FoldedIn> person)
        : m_items(items), m_liked(liked.items), m_person(std::move(person)),
          m_vector(m_person->vector().begin(), m_person->vector().end())
    {
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            out[i] = items[i].value < m_items.vectors.rows
                         ? static_cast<float>(biasOf(items[i].value) + product(items[i].value))
                         : unknown;
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        float scored = unknown;
        score({&item, 1}, {&scored, 1});
        Explanation why{{}, static_cast<double>(scored)};
        if (item.value >= m_items.vectors.rows)
            return why;
        if (!m_items.bias.empty())
            why.terms.push_back({TermKind::ItemBias, {}, "how it is liked by all", biasOf(item.value)});
        const auto parts = m_person->contributions(item.value);
        for (std::size_t j = 0; j < m_liked.size(); ++j)
            why.terms.push_back({TermKind::HistoryItem, ItemIndex{m_liked[j]}, {}, parts[j]});
        return why;
    }

    [[nodiscard]] std::span<const float> vector() const override { return m_vector; }

private:
    [[nodiscard]] double biasOf(std::size_t item) const
    {
        return m_items.bias.empty() ? 0 : static_cast<double>(m_items.bias[item]);
    }
    [[nodiscard]] double product(std::size_t item) const
    {
        const auto person = m_person->vector();
        const auto k = static_cast<Eigen::Index>(person.size());
        const Eigen::Map<const Eigen::VectorXf> factors(m_items.vectors.row(item).data(), k);
        return factors.cast<double>().dot(Eigen::Map<const Eigen::VectorXd>(person.data(), k));
    }

    ItemFactors m_items;
    std::vector<std::uint32_t> m_liked;
    std::unique_ptr<const FoldedIn> m_person;
    std::vector<float> m_vector; ///< the same, to be looked at
};

/// Of a history in which nothing is liked all scores would be alike.
class WhatMostUse final : public Reader {
public:
    explicit WhatMostUse(const PopularFallback& popular) : m_popular(popular) {}

    void score(std::span<const ItemIndex> items, std::span<float> out) const override { m_popular.score(items, out); }
    [[nodiscard]] Explanation explain(ItemIndex item) const override { return m_popular.explain(item); }
    [[nodiscard]] std::string fallback() const override { return PopularFallback::sentence(); }

private:
    const PopularFallback& m_popular;
};

Result<ConfidenceRule> readConfidence(const Artifact& artifact)
{
    const auto values = artifact.doubles("confidence-rule", 4);
    if (!values)
        return tl::unexpected(values.error());
    const auto& c = *values;
    if ((c[0] != 0 && c[0] != 1 && c[0] != 2) || c[1] < 0 || c[1] > 1e6 || !isPositiveFloat(c[2]) ||
        !isPositiveFloat(c[3]))
        return corruptSettings("confidence-rule");
    return ConfidenceRule{static_cast<ConfidenceRule::Mapping>(static_cast<int>(c[0])), static_cast<float>(c[1]),
                          static_cast<float>(c[2]), static_cast<float>(c[3])};
}

Status readMatrix(const Artifact& artifact, const std::string& name, std::int64_t rows, std::int64_t cols, Matrix& to)
{
    const auto values = artifact.floats(name, static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    if (!values)
        return tl::unexpected(values.error());
    to = Matrix(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
    std::ranges::copy(*values, to.all().begin());
    return {};
}

Status readBiases(const Artifact& artifact, std::size_t items, std::vector<float>& to)
{
    auto values = artifact.floats("item-bias", items);
    if (!values)
        return tl::unexpected(values.error());
    to = std::move(*values);
    return {};
}

} // namespace

tl::unexpected<Error> corruptSettings(const std::string& where)
{
    return error(Code::Corrupt, "The stored model's settings make no sense", "Train the model again", where);
}

bool isPositiveFloat(double value)
{
    return value >= static_cast<double>(std::numeric_limits<float>::min()) &&
           value <= static_cast<double>(std::numeric_limits<float>::max());
}

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

Result<ModelPtr> FactorModel::make(FactorParts parts, const MakeFoldIn& makeFoldIn)
{
    std::shared_ptr<FactorModel> model(new FactorModel(std::move(parts)));
    auto foldIn = makeFoldIn(model->items());
    if (!foldIn)
        return tl::unexpected(foldIn.error());
    model->m_foldIn = std::move(*foldIn);
    return model;
}

Liked FactorModel::likedOf(const History& history) const
{
    Liked liked;
    for (const HistoryEntry& entry : history) {
        const float weight = m_parts.confidence.weightOf(entry.value);
        if (weight <= 0 || entry.item.value >= itemCount())
            continue;
        liked.items.push_back(entry.item.value);
        liked.weights.push_back(weight);
    }
    return liked;
}

Capabilities FactorModel::capabilities() const
{
    Capabilities can;
    can.similarPeople = true;
    return can;
}

std::unique_ptr<Reader> FactorModel::read(const Query& query) const
{
    const Liked liked = likedOf(query.history);
    if (liked.items.empty())
        return std::make_unique<WhatMostUse>(m_parts.fallback);
    return std::make_unique<PersonReader>(items(), liked, m_foldIn->fit(liked));
}

void FactorModel::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    const auto k = static_cast<Eigen::Index>(m_parts.items.cols());
    const auto rows = static_cast<Eigen::Index>(queries.size());
    const auto known = static_cast<Eigen::Index>(std::min(out.cols, itemCount()));
    Matrix people(queries.size(), m_parts.items.cols());
    std::vector<Liked> liked;
    for (const Query& query : queries)
        liked.push_back(likedOf(query.history));
    m_foldIn->solve(liked, people.ref());
    Eigen::Map<RowMajor> scores(out.data, rows, static_cast<Eigen::Index>(out.cols));
    const Eigen::Map<const RowMajor> persons(people.all().data(), rows, k);
    const Eigen::Map<const RowMajor> vectors(m_parts.items.all().data(), known, k);
    scores.leftCols(known).noalias() = persons * vectors.transpose();
    if (!m_parts.itemBias.empty())
        scores.leftCols(known).rowwise() += Eigen::Map<const Eigen::RowVectorXf>(m_parts.itemBias.data(), known);
    scores.rightCols(static_cast<Eigen::Index>(out.cols) - known).setConstant(unknown);
    for (std::size_t q = 0; q < liked.size(); ++q)
        if (liked[q].items.empty())
            m_parts.fallback.scoreAll(out.row(q));
}

void FactorModel::save(Artifact& artifact) const
{
    const std::int64_t shape[] = {static_cast<std::int64_t>(m_parts.items.rows()),
                                  static_cast<std::int64_t>(m_parts.people.rows()),
                                  static_cast<std::int64_t>(m_parts.items.cols())};
    artifact.put("shape", std::span<const std::int64_t>(shape));
    artifact.put("item-factors", m_parts.items.all());
    artifact.put("person-factors", m_parts.people.all());
    if (!m_parts.itemBias.empty())
        artifact.put("item-bias", std::span<const float>(m_parts.itemBias));
    const ConfidenceRule& c = m_parts.confidence;
    const double confidence[] = {static_cast<double>(c.mapping), static_cast<double>(c.likedFrom),
                                 static_cast<double>(c.alpha), static_cast<double>(c.epsilon)};
    artifact.put("confidence-rule", std::span<const double>(confidence));
    m_foldIn->save(artifact);
    m_parts.fallback.save(artifact);
}

Result<ModelPtr> FactorModel::load(const Artifact& artifact, bool withBiases, const MakeFoldIn& makeFoldIn)
{
    const auto shape = artifact.integers("shape", 3);
    if (!shape)
        return tl::unexpected(shape.error());
    constexpr std::int64_t mostRows = std::numeric_limits<std::uint32_t>::max();
    const auto [items, people, k] = std::tuple{(*shape)[0], (*shape)[1], (*shape)[2]};
    if (items < 1 || items > mostRows || people < 0 || people > mostRows || k < 1 || k > 4096)
        return corruptSettings("shape");
    FactorParts parts;
    const auto confidence = readConfidence(artifact);
    if (!confidence)
        return tl::unexpected(confidence.error());
    parts.confidence = *confidence;
    if (const auto read = readMatrix(artifact, "item-factors", items, k, parts.items); !read)
        return tl::unexpected(read.error());
    if (const auto read = readMatrix(artifact, "person-factors", people, k, parts.people); !read)
        return tl::unexpected(read.error());
    if (const auto read = withBiases ? readBiases(artifact, parts.items.rows(), parts.itemBias) : Status{}; !read)
        return tl::unexpected(read.error());
    auto fallback = PopularFallback::load(artifact, parts.items.rows());
    if (!fallback)
        return tl::unexpected(fallback.error());
    parts.fallback = std::move(*fallback);
    return make(std::move(parts), makeFoldIn);
}

} // namespace orrery::implicit
