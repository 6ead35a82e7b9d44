// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/asked_funnel.h"

#include "core/pipeline/funnel_training.h"

#include <algorithm>

namespace orrery {

FunnelRecipe sourcesOnly(FunnelRecipe recipe)
{
    std::erase_if(recipe.sources, [](const SourceChoice& source) { return !source.on; });
    recipe.rankBy = RankBy::Merged;
    recipe.rankModel.clear();
    recipe.objectives = {};
    recipe.budgets = {};
    recipe.rules = {};
    return recipe;
}

Result<FunnelPtr> askedFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                              const std::shared_ptr<const Dataset>& dataset, Timestamp from, const JobContext& job,
                              PlaceChancesPtr merge)
{
    auto early = trainParts(recipe, withoutModels(parts), dataset->before(from), job.part(0, .8));
    if (!early)
        return tl::unexpected(early.error());
    auto ground = FunnelGround::open(dataset, job.part(.8, 1));
    if (!ground)
        return tl::unexpected(ground.error());
    return Funnel::open(recipe, std::move(*early), std::move(*ground), job, {nullptr, std::move(merge)});
}

} // namespace orrery
