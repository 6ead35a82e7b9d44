// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/fair_twin.h"

#include "core/models/catalogue.h"
#include "core/pipeline/funnel_training.h"

#include <algorithm>

namespace orrery::ui {

bool mayHaveSeen(const ModelEntry& entry, const std::vector<ModelEntry>& all, Timestamp cut)
{
    const Funnel* funnel = funnelOf(entry.recommender.get());
    if (!funnel)
        return !findAlgorithm(entry.row.algorithm) || entry.row.asOf > cut;
    if ((funnel->recipe().rankBy == RankBy::Learnt && funnel->learnt()) ||
        (funnel->recipe().mergeBy == MergeBy::Chance && funnel->learning().merge))
        return true;
    // Only models are asked: lists and funnels that a recipe names, even itself, stay silent.
    return std::ranges::any_of(modelsOf(funnel->recipe()), [&](const std::string& name) {
        const auto part = std::ranges::find(all, name, [](const ModelEntry& one) { return one.row.name; });
        return part != all.end() && findAlgorithm(part->row.algorithm) && part->row.asOf > cut;
    });
}

std::optional<double> twinSeconds(const ModelEntry& entry, const DatasetShape& shape)
{
    const Funnel* funnel = funnelOf(entry.recommender.get());
    if (!funnel) {
        const Algorithm* algorithm = findAlgorithm(entry.row.algorithm);
        const auto params = algorithm ? paramsFromJson(algorithm->params, entry.row.paramsJson) : Result<ParamSet>();
        return algorithm && params ? std::optional(expectedCost(*algorithm, shape, *params).seconds) : std::nullopt;
    }
    double seconds = 0;
    for (const FunnelPart& part : funnel->parts()) {
        if (!part.algorithm)
            return {};
        seconds += expectedCost(*part.algorithm, shape, part.params).seconds;
    }
    const FunnelRecipe& recipe = funnel->recipe();
    return seconds * (1 + (recipe.rankBy == RankBy::Learnt ? 1 : 0) +
                      (recipe.mergeBy == MergeBy::Chance ? 1 : 0)); // questions have models of their own
}

Result<RecommenderPtr> fairTwin(const ModelEntry& entry, const std::vector<FunnelPart>& parts,
                                const std::shared_ptr<const Dataset>& train, const JobContext& job,
                                const std::shared_ptr<const AttributeTable>& segments)
{
    if (const Funnel* funnel = funnelOf(entry.recommender.get()))
        return trainFunnel(funnel->recipe(), withoutModels(parts), train, job, segments);
    const Algorithm* algorithm = findAlgorithm(entry.row.algorithm);
    if (!algorithm || entry.row.trainHash == train->hash())
        return entry.recommender;
    const auto params = paramsFromJson(algorithm->params, entry.row.paramsJson);
    if (!params)
        return tl::unexpected(params.error());
    auto model = orrery::train(*algorithm, {train}, *params, job);
    if (!model)
        return tl::unexpected(model.error());
    return makeModelRecommender(entry.row.name, *model);
}

} // namespace orrery::ui
