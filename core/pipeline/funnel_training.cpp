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

Result<FunnelPtr> trainFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                              const std::shared_ptr<const Dataset>& dataset, const JobContext& job)
{
    auto trained = trainParts(recipe, parts, dataset, job.part(0, .8));
    if (!trained)
        return tl::unexpected(trained.error());
    auto ground = FunnelGround::open(dataset, job.part(.8, .9));
    if (!ground)
        return tl::unexpected(ground.error());
    return Funnel::open(recipe, std::move(*trained), std::move(*ground), job.part(.9, 1));
}

} // namespace orrery
