// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/blend.h"

#include "core/models/hybrids/numbers_text.h"
#include "core/models/hybrids/weight_search.h"
#include "core/models/hybrids/weighted_parts.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t leastPeople = 10; // of whom something liked was held out: fewer say nothing

struct BlendConfig {
    std::string parts = "item-knn, implicit-als";
    std::string weights = "learnt";
    ListScaling scaling = ListScaling::ZScore;
    HeldOutKind heldOut = HeldOutKind::Random;
};

bool areNumbers(std::string_view weights) { return weights != "learnt" && weights != "equal"; }

Status checkWeights(std::string_view text)
{
    if (!areNumbers(text))
        return {};
    const auto weights = parseNumbers(text);
    if (!weights)
        return tl::unexpected(weights.error());
    if (std::ranges::all_of(*weights, [](double weight) { return weight == 0; }))
        return error(Code::InvalidArgument, "All weights are 0", "Give at least one part a weight");
    return {};
}

const ParamTable<BlendConfig>& table()
{
    static const auto declared =
        ParamTable<BlendConfig>{}
            .text("parts", "Parts", "The algorithms that are blended, separated by commas", &BlendConfig::parts,
                  partsFormat, checkParts)
            .text("weights", "Weights", "What each part counts: learnt, equal, or a number for each",
                  &BlendConfig::weights, "learnt, equal, or a number for each part: 1, 0.5", checkWeights)
            .choice("scaling", "Scale of the scores", "How the scores of a list are made comparable",
                    &BlendConfig::scaling,
                    {{"min-max", "Lowest 0, highest 1"}, {"z-score", "Standard deviations"}, {"rank", "Places"}})
            .choice("held-out", "Learnt from", "Which entries the weights are learnt from, where they are learnt",
                    &BlendConfig::heldOut, {{"random", "A third of what people did"}, {"newest", "The newest entry"}})
            .advanced();
    return declared;
}

/// Equal ones where too little was held out to learn from.
Result<std::vector<double>> learntWeights(const FitInput& input, const std::vector<PartPlan>& plans,
                                          const BlendConfig& config, const JobContext& job)
{
    const std::vector<double> equal(plans.size(), 1 / static_cast<double>(plans.size()));
    const auto heldOut = holdOut(*input.train, config.heldOut, job);
    if (!heldOut)
        return tl::unexpected(heldOut.error());
    if (heldOut->people.size() < leastPeople)
        return equal;
    const auto parts = trainParts(plans, heldOut->rest, job.part(0, .9));
    if (!parts)
        return tl::unexpected(parts.error());
    const auto people = contenders(*heldOut, *parts, config.scaling, job);
    if (!people)
        return tl::unexpected(people.error());
    return people->size() < leastPeople ? equal : searchWeights(*people, plans.size(), job);
}

Result<std::vector<double>> weightsFor(const FitInput& input, const std::vector<PartPlan>& plans,
                                       const BlendConfig& config, const JobContext& job)
{
    if (config.weights == "learnt")
        return learntWeights(input, plans, config, job);
    if (config.weights == "equal")
        return std::vector<double>(plans.size(), 1 / static_cast<double>(plans.size()));
    auto weights = parseNumbers(config.weights);
    if (weights && weights->size() != plans.size())
        return error(Code::InvalidArgument,
                     fmt::format("There are {} weights for {} parts", weights->size(), plans.size()),
                     "Give one weight for each part", "weights");
    return weights;
}

Result<ModelPtr> fitBlend(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto plans = plansOf(input, config->parts, 1);
    if (!plans)
        return tl::unexpected(plans.error());
    auto weights = weightsFor(input, *plans, *config, job.part(0, .5));
    if (!weights)
        return tl::unexpected(weights.error());
    auto parts = partsFor(input, *plans, job.part(config->weights == "learnt" ? .5 : 0, 1));
    if (!parts)
        return tl::unexpected(parts.error());
    return std::make_shared<const WeightedParts>(std::move(*parts),
                                                 PartWeights{config->scaling, std::move(*weights), 0});
}

Cost estimateBlend(const DatasetShape& shape, const ParamSet& params)
{
    const BlendConfig config = table().read(params).value_or(BlendConfig{});
    Cost cost = costOfParts(shape, config.parts, BlendConfig{}.parts);
    if (config.weights != "learnt")
        return cost;
    const Cost learning = costOfHeldOut(shape, parseParts(config.parts).value_or(std::vector<PartPlan>(2)).size());
    return {2 * cost.seconds + learning.seconds, cost.bytes + learning.bytes};
}

} // namespace

Algorithm blendAlgorithm()
{
    Algorithm a;
    a.id = "blend";
    a.title = "Weighted blend";
    a.family = "Hybrid";
    a.summary = "Adds the scores of several models, each brought to the same scale within its list. The weights are "
                "yours, or learnt from what some people liked and the parts were not shown.";
    a.whenToUse = "When two models are good at different things; a blend is often better than its best part.";
    a.paper = "Burke: Hybrid recommender systems: survey and experiments, User Modeling and User-Adapted Interaction "
              "2002 (weighted)";
    a.fallback = PopularFallback::declaration() + " Other parts answer as they do alone.";
    a.can.similarPeople = true;
    a.hybrid = true;
    a.seeded = true;
    a.params = table().specs();
    a.fit = fitBlend;
    a.load = WeightedParts::load;
    a.estimate = estimateBlend;
    return a;
}

} // namespace orrery
