// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_training.h"

#include "core/models/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {

Result<std::vector<FunnelPart>> trainParts(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                           const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    std::vector<FunnelPart> trained;
    const std::vector<std::string> named = modelsOf(recipe);
    for (std::size_t i = 0; i < named.size(); ++i) {
        const auto part = std::ranges::find(parts, named[i], &FunnelPart::name);
        if (part == parts.end())
            continue;
        if (part->model) {
            trained.push_back(*part);
            continue;
        }
        if (!part->algorithm)
            return error(Code::Unsupported, fmt::format("'{}' cannot be trained here", part->name),
                         "Leave it out of the recipe");
        const double share = 1.0 / static_cast<double>(named.size());
        const auto own =
            job.withSeed(part->seed).part(static_cast<double>(i) * share, static_cast<double>(i + 1) * share);
        auto model = train(*part->algorithm, {dataset}, part->params, own);
        if (!model)
            return tl::unexpected(model.error());
        trained.push_back(*part);
        trained.back().model = std::move(*model);
    }
    return trained;
}

std::vector<FunnelPart> withoutModels(std::vector<FunnelPart> parts)
{
    for (FunnelPart& part : parts)
        part.model = nullptr;
    return parts;
}

Result<FunnelLearning> trainLearning(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                     const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    FunnelLearning learning;
    const bool ranks = recipe.rankBy == RankBy::Learnt;
    if (recipe.mergeBy == MergeBy::Chance) {
        auto merge = learnMerge(recipe, parts, dataset, job.part(0, ranks ? .3 : 1));
        if (!merge && merge.error().code != Code::InvalidArgument)
            return tl::unexpected(merge.error());
        learning.merge = merge ? std::move(*merge) : nullptr;
    }
    if (!ranks)
        return learning;
    auto ranker = trainRanker(recipe, parts, dataset, learning.merge ? job.part(.3, 1) : job, {}, learning.merge);
    if (!ranker)
        return tl::unexpected(ranker.error());
    learning.ranker = std::move(*ranker);
    return learning;
}

Result<FunnelPtr> trainFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                              const std::shared_ptr<const Dataset>& dataset, const JobContext& job,
                              const std::shared_ptr<const AttributeTable>& segments)
{
    auto trained = trainParts(recipe, parts, dataset, job.part(0, .4));
    if (!trained)
        return tl::unexpected(trained.error());
    auto ground = FunnelGround::open(dataset, job.part(.4, .45), segments);
    if (!ground)
        return tl::unexpected(ground.error());
    auto learning = trainLearning(recipe, parts, dataset, job.part(.45, .95));
    if (!learning)
        return tl::unexpected(learning.error());
    return Funnel::open(recipe, std::move(*trained), std::move(*ground), job.part(.95, 1), std::move(*learning));
}

} // namespace orrery
