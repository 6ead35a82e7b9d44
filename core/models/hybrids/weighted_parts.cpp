// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/weighted_parts.h"

#include "core/models/artifact.h"
#include "core/models/first_error.h"
#include "core/models/hybrids/part_term.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

/// The parts that are asked, and one reader and one scale each.
class WeightedReader final : public Reader {
public:
    WeightedReader(const WeightedParts& model, const Query& query) : m_model(model), m_sums(model.itemCount(), 0.0)
    {
        const PartWeights& given = model.weights();
        std::vector<float> scores(model.itemCount());
        for (std::size_t p = 0; p < given.weights.size(); ++p) {
            if (given.weights[p] == 0)
                continue;
            m_asked.push_back(model.parts()[p]);
            m_weights.push_back(given.weights[p]);
            m_readers.push_back(m_asked.back().model->read(query));
            m_readers.back()->scoreAll(scores);
            m_scales.emplace_back(given.scaling, scores, query.history);
            for (std::size_t item = 0; item < scores.size(); ++item)
                m_sums[item] += m_weights.back() * m_scales.back().of(scores[item]);
        }
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        if (item.value >= m_sums.size())
            return why;
        if (m_model.weights().base != 0 || m_asked.empty())
            why.terms.push_back({TermKind::GlobalMean, {}, "where every score starts", m_model.weights().base});
        for (std::size_t p = 0; p < m_asked.size(); ++p)
            why.terms.push_back(partTerm(*m_readers[p], m_scales[p], m_weights[p], item, nameOf(m_asked[p])));
        return why;
    }

    [[nodiscard]] std::string fallback() const override { return fallbackOf(m_asked, m_readers); }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        return item.value < m_sums.size() ? static_cast<float>(m_model.weights().base + m_sums[item.value]) : unknown;
    }

    const WeightedParts& m_model;
    std::vector<TrainedPart> m_asked;
    std::vector<double> m_weights;
    PartReaders m_readers;
    std::vector<ListScale> m_scales;
    std::vector<double> m_sums;
};

} // namespace

WeightedParts::WeightedParts(std::vector<TrainedPart> parts, PartWeights weights)
    : HybridModel(std::move(parts)), m_weights(std::move(weights))
{
}

std::unique_ptr<Reader> WeightedParts::read(const Query& query) const
{
    return std::make_unique<WeightedReader>(*this, query);
}

void WeightedParts::scoreBatch(std::span<const Query> queries, MatrixRef out) const
{
    // A part may batch to rounding only, which may swap places: ranks are those of read().
    if (m_weights.scaling == ListScaling::Rank)
        return Model::scoreBatch(queries, out);
    const std::size_t known = std::min(itemCount(), out.cols);
    Matrix scores(queries.size(), itemCount());
    std::vector<double> sums(queries.size() * known, m_weights.base);
    for (std::size_t p = 0; p < parts().size(); ++p) {
        if (m_weights.weights[p] == 0)
            continue;
        parts()[p].model->scoreBatch(queries, scores.ref());
        for (std::size_t q = 0; q < queries.size(); ++q) {
            const ListScale scale(m_weights.scaling, scores.row(q), queries[q].history);
            for (std::size_t item = 0; item < known; ++item)
                sums[q * known + item] += m_weights.weights[p] * scale.of(scores.row(q)[item]);
        }
    }
    for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto row = out.row(q);
        std::ranges::transform(std::span(sums).subspan(q * known, known), row.begin(),
                               [](double sum) { return static_cast<float>(sum); });
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(known), row.end(), unknown);
    }
}

Scale WeightedParts::scale() const
{
    const bool ratings =
        m_weights.scaling == ListScaling::None &&
        std::ranges::all_of(parts(), [](const TrainedPart& part) { return part.model->scale() == Scale::Rating; });
    return ratings ? Scale::Rating : Scale::Rank;
}

Capabilities WeightedParts::capabilities() const
{
    Capabilities can = HybridModel::capabilities();
    can.ratings = scale() == Scale::Rating;
    return can;
}

void WeightedParts::save(Artifact& artifact) const
{
    HybridModel::save(artifact);
    artifact.putNumber("scaling", static_cast<double>(m_weights.scaling));
    artifact.putNumber("base", m_weights.base);
    artifact.put("weights", std::span<const double>(m_weights.weights));
}

Result<ModelPtr> WeightedParts::load(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 1);
    if (!parts)
        return tl::unexpected(parts.error());
    const auto scaling = artifact.number("scaling");
    const auto base = artifact.number("base");
    auto weights = artifact.doubles("weights", parts->size());
    if (const Error* failed = firstError(scaling, base, weights))
        return tl::unexpected(*failed);
    const bool known = *scaling == 0 || *scaling == 1 || *scaling == 2 || *scaling == 3;
    const auto small = [](double value) { return std::abs(value) <= 1e9; };
    if (!known || !small(*base) || !std::ranges::all_of(*weights, small))
        return corruptHybrid("weights");
    return std::make_shared<const WeightedParts>(
        std::move(*parts),
        PartWeights{static_cast<ListScaling>(static_cast<int>(*scaling)), std::move(*weights), *base});
}

} // namespace orrery
