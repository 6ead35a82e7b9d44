// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_learning.h"

#include <algorithm>

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

} // namespace orrery
