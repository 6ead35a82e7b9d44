// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/funnel_store.h"

#include <algorithm>

namespace orrery {

FunnelPart partOf(const ModelRow& row, const RecommenderPtr& recommender)
{
    FunnelPart part{row.name, nullptr, findAlgorithm(row.algorithm), {}, row.seed};
    if (!part.algorithm)
        return part;
    part.model = recommender->model();
    if (auto params = paramsFromJson(part.algorithm->params, row.paramsJson))
        part.params = std::move(*params);
    return part;
}

Result<FunnelPtr> openFunnel(const StoredFunnel& stored, const std::vector<FunnelPart>& parts,
                             const std::shared_ptr<const FunnelGround>& ground, const JobContext& job)
{
    const std::vector<std::string> named = modelsOf(stored.recipe);
    std::vector<FunnelPart> wanted;
    std::ranges::copy_if(parts, std::back_inserter(wanted),
                         [&named](const FunnelPart& part) { return std::ranges::count(named, part.name) > 0; });
    auto learning = loadLearning(stored.ranker);
    if (!learning)
        return tl::unexpected(learning.error());
    return Funnel::open(stored.recipe, std::move(wanted), ground, job, std::move(*learning));
}

} // namespace orrery
