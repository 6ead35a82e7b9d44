// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/context/context_filter.h"

#include "core/models/artifact.h"
#include "core/models/context/segments.h"
#include "core/models/hybrids/part_term.h"
#include "core/models/hybrids/parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

struct ContextFilterConfig {
    std::string part = "item-knn";
    ContextBy by = ContextBy::Weekend;
    int least = 1000;
};

const ParamTable<ContextFilterConfig>& table()
{
    static const auto declared =
        ParamTable<ContextFilterConfig>{}
            .text("part", "Part", "The algorithm that is trained for each of the circumstances",
                  &ContextFilterConfig::part, "an algorithm, with settings where wanted: item-knn neighbours=50",
                  checkParts)
            .choice("by", "Told apart by", "Which circumstances have a model of their own (times are in UTC)",
                    &ContextFilterConfig::by, contextChoices())
            .number("least", "Least events", "What is done too seldom is answered by the model of all",
                    &ContextFilterConfig::least, 1, 1e9, ParamScale::Logarithmic);
    return declared;
}

/// Parts: the model of all events, then those of the segments that have one.
class ContextFilter final : public HybridModel {
public:
    /// `partOf`: for each segment its part; 0: that of all.
    ContextFilter(std::vector<TrainedPart> parts, Segments segments, std::vector<std::uint32_t> partOf)
        : HybridModel(std::move(parts)), m_segments(std::move(segments)), m_partOf(std::move(partOf))
    {
    }

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override
    {
        const auto segment = m_segments.of(query.context);
        const std::uint32_t part = segment ? m_partOf[*segment] : 0;
        const Model& chosen = *parts()[part].model;
        const std::string reason =
            part > 0  ? fmt::format("learnt from what people did {}", m_segments.name(*segment))
            : segment ? fmt::format("learnt from all events: there are too few {}", m_segments.name(*segment))
                      : "learnt from all events: the circumstances are not told";
        return std::make_unique<PassingReader>(chosen.read(query), TermKind::Context, reason, "");
    }
    [[nodiscard]] Scale scale() const override { return parts().front().model->scale(); }
    [[nodiscard]] Capabilities capabilities() const override
    {
        Capabilities can = parts().front().model->capabilities();
        can.context = true;
        return can;
    }
    void save(Artifact& artifact) const override
    {
        HybridModel::save(artifact);
        m_segments.save(artifact);
        artifact.put("part-of", std::span<const std::uint32_t>(m_partOf));
    }

private:
    Segments m_segments;
    std::vector<std::uint32_t> m_partOf;
};

EventLog eventsOf(const EventLog& log, std::span<const std::uint8_t> segments, std::size_t segment)
{
    std::vector<std::uint32_t> events;
    for (std::uint32_t e = 0; e < log.size(); ++e)
        if (segments[e] == segment)
            events.push_back(e);
    return log.select(events);
}

Result<ModelPtr> fitContextFilter(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->part, 1);
    if (!plans)
        return tl::unexpected(plans.error());
    if (plans->size() != 1)
        return error(Code::InvalidArgument, fmt::format("There are {} parts", plans->size()), "Give one", "part");
    const EventLog& log = input.train->log();
    Segments kinds(config->by, log);
    if (const auto told = checkTold(kinds, log); !told)
        return tl::unexpected(told.error());
    const auto segments = kinds.ofEvents(log, input.train->kindWeights());
    const std::size_t count = kinds.size();
    const double step = 1 / static_cast<double>(count + 1);
    auto parts = partsFor(input, *plans, job.part(0, step));
    std::vector<std::uint32_t> partOf(count, 0);
    for (std::size_t segment = 0; segment < count && parts; ++segment) {
        if (std::ranges::count(segments, static_cast<std::uint8_t>(segment)) < config->least)
            continue;
        const double from = step * static_cast<double>(segment + 1);
        auto own =
            trainParts(*plans, input.train->withLog(eventsOf(log, segments, segment)), job.part(from, from + step));
        if (!own)
            return tl::unexpected(own.error());
        partOf[segment] = static_cast<std::uint32_t>(parts->size());
        parts->push_back(std::move(own->front()));
    }
    if (!parts)
        return tl::unexpected(parts.error());
    return std::make_shared<const ContextFilter>(std::move(*parts), std::move(kinds), std::move(partOf));
}

Result<ModelPtr> loadContextFilter(const Artifact& artifact)
{
    auto parts = loadParts(artifact, 1);
    if (!parts)
        return tl::unexpected(parts.error());
    auto segments = Segments::load(artifact);
    if (!segments)
        return tl::unexpected(segments.error());
    auto partOf = artifact.indices("part-of", segments->size(), parts->size());
    if (!partOf)
        return tl::unexpected(partOf.error());
    return std::make_shared<const ContextFilter>(std::move(*parts), std::move(*segments), std::move(*partOf));
}

/// All events twice: once together, once by segment, where fewer pairs meet (.8 of the work on ml-latest-small) but
/// lists of item neighbours are no shorter.
Cost estimateContextFilter(const DatasetShape& shape, const ParamSet& params)
{
    const ContextFilterConfig config = table().read(params).value_or(ContextFilterConfig{});
    const Cost once = costOfParts(shape, config.part, ContextFilterConfig{}.part);
    return {1.8 * once.seconds + static_cast<double>(shape.interactions) * 2e-7,
            once.bytes * 23 / 10 + shape.interactions * (sizeof(Event) + 1)};
}

} // namespace

Algorithm contextFilterAlgorithm()
{
    Algorithm a;
    a.id = "context-filter";
    a.title = "Model for each context";
    a.family = "Context-aware";
    a.summary = "Trains one model for each of the circumstances, such as weekends and working days, on what people did "
                "then. Where the circumstances are not told, or too little is known of them, the model of all answers.";
    a.whenToUse = "When people want other things at other times and there are enough events of each kind.";
    a.paper = "Adomavicius, Sankaranarayanan, Sen & Tuzhilin: Incorporating contextual information in recommender "
              "systems using a multidimensional approach, TOIS 2005";
    a.fallback = PopularFallback::declaration() + " Of the circumstances, where they are told.";
    a.needs = {Need::Context};
    a.hybrid = true;
    a.can.context = true;
    a.params = table().specs();
    a.fit = fitContextFilter;
    a.load = loadContextFilter;
    a.estimate = estimateContextFilter;
    return a;
}

} // namespace orrery
