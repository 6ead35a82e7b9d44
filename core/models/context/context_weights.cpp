// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/context/context_weights.h"

#include "core/models/artifact.h"
#include "core/models/context/segments.h"
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

struct ContextWeightsConfig {
    std::string part = "item-knn";
    ContextBy by = ContextBy::Weekend;
    double strength = 1;
    double smoothing = 20;
};

const ParamTable<ContextWeightsConfig>& table()
{
    static const auto declared =
        ParamTable<ContextWeightsConfig>{}
            .text("part", "Part", "The algorithm whose scores are weighted", &ContextWeightsConfig::part,
                  "an algorithm, with settings where wanted: item-knn neighbours=50", checkParts)
            .choice("by", "Told apart by", "Which circumstances count (times are in UTC)", &ContextWeightsConfig::by,
                    contextChoices())
            .number("strength", "Strength",
                    "What the circumstances count beside the part's score; 0 nothing, 0.5 to 2 is usual",
                    &ContextWeightsConfig::strength, 0, 100)
            .number("smoothing", "Smoothing",
                    "Events that an item must have before its own pattern counts half; 5 to 100 is usual",
                    &ContextWeightsConfig::smoothing, .01, 1e6, ParamScale::Logarithmic);
    return declared;
}

class ContextWeights final : public HybridModel {
public:
    /// `lifts`: [segments x items], strength * ln lift.
    ContextWeights(std::vector<TrainedPart> parts, Segments segments, Matrix lifts)
        : HybridModel(std::move(parts)), m_segments(std::move(segments)), m_lifts(std::move(lifts))
    {
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = HybridModel::capabilities();
        can.context = true;
        return can;
    }
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        m_segments.save(artifact);
        artifact.put("lifts", m_lifts.view().all());
    }
    [[nodiscard]] const Segments& segments() const { return m_segments; }
    [[nodiscard]] const Matrix& lifts() const { return m_lifts; }

private:
    Segments m_segments;
    Matrix m_lifts;
};

class ContextWeightsReader final : public Reader {
public:
    ContextWeightsReader(const ContextWeights& model, const Query& query)
        : m_model(model), m_part(model.parts().front().model->read(query)),
          m_segment(model.segments().of(query.context)), m_scores(model.itemCount())
    {
        m_part->scoreAll(m_scores);
        m_scale.emplace(ListScaling::ZScore, m_scores, query.history);
        for (std::uint32_t item = 0; item < m_scores.size(); ++item)
            m_scores[item] = static_cast<float>(m_scale->of(m_scores[item]) + liftOf(ItemIndex{item}));
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
        why.terms.push_back(partTerm(*m_part, *m_scale, 1, item, nameOf(m_model.parts().front())));
        if (m_segment)
            why.terms.push_back({TermKind::Context,
                                 {},
                                 fmt::format("how much it is used {}", m_model.segments().name(*m_segment)),
                                 liftOf(item)});
        return why;
    }

    [[nodiscard]] std::string fallback() const override { return m_part->fallback(); }

private:
    [[nodiscard]] float scoreOf(ItemIndex item) const
    {
        return item.value < m_scores.size() ? m_scores[item.value] : std::numeric_limits<float>::quiet_NaN();
    }
    [[nodiscard]] double liftOf(ItemIndex item) const
    {
        return m_segment ? static_cast<double>(m_model.lifts().row(*m_segment)[item.value]) : 0;
    }

    const ContextWeights& m_model;
    std::unique_ptr<Reader> m_part;
    std::optional<std::size_t> m_segment;
    std::optional<ListScale> m_scale;
    std::vector<float> m_scores;
};

std::unique_ptr<Reader> ContextWeights::read(const Query& query) const
{
    return std::make_unique<ContextWeightsReader>(*this, query);
}

Matrix liftsOf(const Dataset& dataset, const Segments& kinds, const ContextWeightsConfig& config)
{
    const auto segments = kinds.ofEvents(dataset.log(), dataset.kindWeights());
    const auto items = dataset.log().items();
    std::vector<double> ofItem(dataset.itemCount(), 0.0);
    std::vector<std::vector<double>> within(kinds.size(), ofItem);
    std::vector<double> ofSegment(within.size(), 0.0);
    double all = 0;
    for (std::size_t e = 0; e < segments.size(); ++e) {
        if (segments[e] == Segments::none)
            continue;
        ++ofItem[items[e].value];
        ++within[segments[e]][items[e].value];
        ++ofSegment[segments[e]];
        ++all;
    }
    Matrix lifts(within.size(), ofItem.size());
    for (std::size_t segment = 0; segment < within.size(); ++segment) {
        if (ofSegment[segment] == 0)
            continue;
        const double share = ofSegment[segment] / all;
        for (std::size_t item = 0; item < ofItem.size(); ++item) {
            const double lift =
                (within[segment][item] + config.smoothing * share) / ((ofItem[item] + config.smoothing) * share);
            lifts.row(segment)[item] = static_cast<float>(config.strength * std::log(lift));
        }
    }
    return lifts;
}

Result<ModelPtr> fitContextWeights(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->part, 1);
    if (!plans)
        return tl::unexpected(plans.error());
    if (plans->size() != 1)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans->size()), "Give one", "part");
    Segments kinds(config->by, input.train->log());
    if (const auto told = checkTold(kinds, input.train->log()); !told)
        return tl::unexpected(told.error());
    auto parts = partsFor(input, *plans, job);
    if (!parts)
        return tl::unexpected(parts.error());
    if (parts->front().model->itemCount() != input.train->itemCount())
        return error(Code::InvalidArgument, "The part was trained on another catalog",
                     "Give one that was trained on this data");
    Matrix lifts = liftsOf(*input.train, kinds, *config);
    return std::make_shared<const ContextWeights>(std::move(*parts), std::move(kinds), std::move(lifts));
}

Result<ModelPtr> loadContextWeights(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 1);
    if (!parts)
        return tl::unexpected(parts.error());
    auto segments = Segments::load(artifact);
    if (!segments)
        return tl::unexpected(segments.error());
    Matrix lifts(segments->size(), parts->front().model->itemCount());
    const auto values = artifact.floats("lifts", lifts.all().size());
    if (!values)
        return tl::unexpected(values.error());
    std::ranges::copy(*values, lifts.all().begin());
    return std::make_shared<const ContextWeights>(std::move(*parts), std::move(*segments), std::move(lifts));
}

Cost estimateContextWeights(const DatasetShape& shape, const ParamSet& params)
{
    const ContextWeightsConfig config = table().read(params).value_or(ContextWeightsConfig{});
    const Cost once = costOfParts(shape, config.part, ContextWeightsConfig{}.part);
    const std::size_t cells = shape.items * (usualSegments(config.by) + 1);
    return {once.seconds + static_cast<double>(shape.interactions) * 2e-7 + static_cast<double>(cells) * 2e-8,
            once.bytes + shape.interactions + cells * (sizeof(double) + sizeof(float))};
}

} // namespace

Algorithm contextWeightsAlgorithm()
{
    Algorithm a;
    a.id = "context-weights";
    a.title = "Context weights";
    a.family = "Context-aware";
    a.summary = "Adds to a model's score how much more than usual an item is used in the circumstances: weekend films "
                "rise at weekends. Where the circumstances are not told, the order is the model's own.";
    a.whenToUse = "When items have their times and there are too few events to train a model for each.";
    a.paper = "Panniello, Tuzhilin, Gorgoglione, Palmisano & Pedone: Experimental comparison of pre- vs. "
              "post-filtering approaches in context-aware recommender systems, RecSys 2009";
    a.fallback = PopularFallback::declaration() + " With the weights of the circumstances, where they are told.";
    a.needs = {Need::Context};
    a.hybrid = true;
    a.can.context = true;
    a.params = table().specs();
    a.fit = fitContextWeights;
    a.load = loadContextWeights;
    a.estimate = estimateContextWeights;
    return a;
}

} // namespace orrery
