// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/cascade.h"

#include "core/models/artifact.h"
#include "core/models/hybrids/list_scale.h"
#include "core/models/hybrids/part_term.h"
#include "core/models/hybrids/parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double chosen = 2; // above what any other item can reach
constexpr int mostCandidates = 100'000;

struct CascadeConfig {
    std::string parts = "item-knn, implicit-als";
    int candidates = 100;
};

const ParamTable<CascadeConfig>& table()
{
    static const auto declared =
        ParamTable<CascadeConfig>{}
            .text("parts", "Parts", "Two algorithms: the one that chooses candidates, then the one that orders them",
                  &CascadeConfig::parts, partsFormat, checkParts)
            .number("candidates", "Candidates", "How many the first part chooses; 50 to 500 is usual",
                    &CascadeConfig::candidates, 1, mostCandidates, ParamScale::Logarithmic);
    return declared;
}

class Cascade final : public HybridModel {
public:
    Cascade(std::vector<TrainedPart> parts, std::size_t candidates)
        : HybridModel(std::move(parts)), m_candidates(candidates)
    {
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        artifact.putNumber("candidates", static_cast<double>(m_candidates));
    }
    [[nodiscard]] std::size_t candidates() const { return m_candidates; }

private:
    std::size_t m_candidates;
};

class CascadeReader final : public Reader {
public:
    CascadeReader(const Cascade& model, const Query& query)
        : m_model(model), m_readers(readParts(model.parts(), query)), m_scores(model.itemCount())
    {
        std::vector<float> first(model.itemCount());
        m_readers.front()->scoreAll(first);
        choose(first, query.history);
        std::vector<float> second(m_candidates.size());
        m_readers.back()->score(m_candidates, second);
        std::vector<float> others = first;
        for (const ItemIndex item : m_candidates)
            others[item.value] = std::numeric_limits<float>::quiet_NaN();
        m_scales = {ListScale(ListScaling::MinMax, others, {}), ListScale(ListScaling::MinMax, second, {})};
        for (std::size_t item = 0; item < first.size(); ++item)
            m_scores[item] = static_cast<float>(m_scales.front().of(first[item]));
        for (std::size_t c = 0; c < m_candidates.size(); ++c)
            m_scores[m_candidates[c].value] = static_cast<float>(chosen + m_scales.back().of(second[c]));
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) { return scoreOf(item); });
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why{{}, static_cast<double>(scoreOf(item))};
        if (item.value >= m_scores.size())
            return why;
        const std::string first = nameOf(m_model.parts().front());
        if (!std::ranges::binary_search(m_candidates, item)) {
            why.terms.push_back(partTerm(*m_readers.front(), m_scales.front(), 1, item,
                                         fmt::format("{}: not among the {} it chooses", first, m_candidates.size())));
            return why;
        }
        why.terms.push_back(
            {TermKind::Part, {}, fmt::format("{}: among the {} it chooses", first, m_candidates.size()), chosen});
        why.terms.push_back(partTerm(*m_readers.back(), m_scales.back(), 1, item, nameOf(m_model.parts().back())));
        return why;
    }

    [[nodiscard]] std::string fallback() const override { return fallbackOf(m_model.parts(), m_readers); }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        return item.value < m_scores.size() ? m_scores[item.value] : std::numeric_limits<float>::quiet_NaN();
    }

    void choose(std::span<const float> scores, const History& history)
    {
        auto seen = history.begin();
        for (std::uint32_t item = 0; item < scores.size(); ++item) {
            while (seen != history.end() && seen->item.value < item)
                ++seen;
            if (std::isfinite(scores[item]) && (seen == history.end() || seen->item.value != item))
                m_candidates.push_back(ItemIndex{item});
        }
        const auto count = std::min(m_model.candidates(), m_candidates.size());
        const auto kept = m_candidates.begin() + static_cast<std::ptrdiff_t>(count);
        std::ranges::nth_element(m_candidates, kept, [&](ItemIndex a, ItemIndex b) {
            return scores[a.value] != scores[b.value] ? scores[a.value] > scores[b.value] : a < b;
        });
        m_candidates.erase(kept, m_candidates.end());
        std::ranges::sort(m_candidates);
    }

    const Cascade& m_model;
    PartReaders m_readers;
    std::vector<ItemIndex> m_candidates; ///< ascending
    std::vector<ListScale> m_scales;     ///< of the first part's other items, of the second part's candidates
    std::vector<float> m_scores;
};

std::unique_ptr<Reader> Cascade::read(const Query& query) const
{
    return std::make_unique<CascadeReader>(*this, query);
}

Result<ModelPtr> fitCascade(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->parts, 2);
    if (!plans)
        return tl::unexpected(plans.error());
    if (plans->size() != 2)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans->size()),
                     "A cascade has two: the one that chooses, then the one that orders", "parts");
    auto parts = partsFor(input, *plans, job);
    if (!parts)
        return tl::unexpected(parts.error());
    return std::make_shared<const Cascade>(std::move(*parts), static_cast<std::size_t>(config->candidates));
}

Result<ModelPtr> loadCascade(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 2);
    if (!parts)
        return tl::unexpected(parts.error());
    const auto candidates = artifact.number("candidates");
    if (!candidates)
        return tl::unexpected(candidates.error());
    if (parts->size() != 2 || !(*candidates >= 1 && *candidates <= mostCandidates))
        return corruptHybrid("candidates");
    return std::make_shared<const Cascade>(std::move(*parts), static_cast<std::size_t>(*candidates));
}

Cost estimateCascade(const DatasetShape& shape, const ParamSet& params)
{
    return costOfParts(shape, table().read(params).value_or(CascadeConfig{}).parts, CascadeConfig{}.parts);
}

} // namespace

Algorithm cascadeAlgorithm()
{
    Algorithm a;
    a.id = "cascade";
    a.title = "Cascade";
    a.family = "Hybrid";
    a.summary = "One model chooses the candidates, another puts them in order. All other items come after, in the "
                "order of the first.";
    a.whenToUse = "When a broad, quick model should decide what comes into question, and a finer one the order.";
    a.paper = "Burke: Hybrid recommender systems: survey and experiments, User Modeling and User-Adapted Interaction "
              "2002 (cascade)";
    a.fallback = PopularFallback::declaration() + " Other parts answer as they do alone.";
    a.can.similarPeople = true;
    a.hybrid = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitCascade;
    a.load = loadCascade;
    a.estimate = estimateCascade;
    return a;
}

} // namespace orrery
