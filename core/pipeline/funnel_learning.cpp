// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_learning.h"

#include "core/ranking/feature_set.h"

#include <algorithm>
#include <utility>

namespace orrery {

void save(const FunnelLearning& learning, Artifact& artifact)
{
    if (learning.ranker)
        save(*learning.ranker, artifact);
    if (learning.merge)
        save(*learning.merge, artifact);
}

Result<FunnelLearning> loadLearning(const Artifact& artifact)
{
    const auto isOfMerge = [](const auto& array) { return array.first.starts_with("merge/"); };
    FunnelLearning learning;
    if (!std::ranges::all_of(artifact.arrays(), isOfMerge)) {
        auto ranker = loadRanker(artifact);
        if (!ranker)
            return tl::unexpected(ranker.error());
        learning.ranker = std::make_shared<const LearntRanker>(std::move(*ranker));
    }
    if (std::ranges::any_of(artifact.arrays(), isOfMerge)) {
        auto merge = loadPlaceChances(artifact);
        if (!merge)
            return tl::unexpected(merge.error());
        learning.merge = std::make_shared<const PlaceChances>(std::move(*merge));
    }
    return learning;
}

FunnelLearning withModelRenamed(const FunnelLearning& learning, const FunnelRecipe& recipe, const std::string& from,
                                const std::string& to)
{
    const FunnelRecipe after = withModelRenamed(recipe, from, to);
    const auto rename = [&](std::vector<std::string>& titles) {
        for (std::string& title : titles)
            if (const auto source = std::ranges::find(recipe.sources, title, &titleOf); source != recipe.sources.end())
                title = titleOf(after.sources[static_cast<std::size_t>(source - recipe.sources.begin())]);
    };
    FunnelLearning renamed;
    if (learning.ranker) {
        LearntRanker ranker = *learning.ranker;
        const bool isOfThisProgram = featureVersion(ranker.sources) == ranker.training.version;
        rename(ranker.sources);
        if (isOfThisProgram) // columns are named by the sources
            ranker.training.version = featureVersion(ranker.sources);
        renamed.ranker = std::make_shared<const LearntRanker>(std::move(ranker));
    }
    if (learning.merge) {
        PlaceChances merge = *learning.merge;
        rename(merge.sources);
        renamed.merge = std::make_shared<const PlaceChances>(std::move(merge));
    }
    return renamed;
}

} // namespace orrery
