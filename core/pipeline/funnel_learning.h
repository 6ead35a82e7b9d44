// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/funnel_recipe.h"
#include "core/ranking/learnt_ranker.h"
#include "core/retrieval/place_chances.h"

#include <memory>
#include <string>

namespace orrery {

/// What a funnel learned beside its models. Each may be null: then what comes before it stands in.
struct ORRERY_API FunnelLearning {
    LearntRankerPtr ranker;
    PlaceChancesPtr merge; ///< of MergeBy::Chance, by titleOf() the sources
};

/// Empty where nothing was learned.
ORRERY_API void save(const FunnelLearning& learning, Artifact& artifact);
/// Errors: Corrupt for what save() does not write; what programs of before stored is a ranker alone, or nothing.
[[nodiscard]] ORRERY_API Result<FunnelLearning> loadLearning(const Artifact& artifact);

/// The same where a model has another name, which sources are called by; `recipe` is that of before, with the sources
/// that it was learned of.
[[nodiscard]] ORRERY_API FunnelLearning withModelRenamed(const FunnelLearning& learning, const FunnelRecipe& recipe,
                                                         const std::string& from, const std::string& to);

} // namespace orrery
