// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/ranking/feature_check.h"
#include "core/ranking/gbdt.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// What a ranker may have learned the chance of.
enum class Chance : std::uint8_t { Click, Cart, Purchase };
inline constexpr std::size_t chanceCount = 3;

/// Boosted trees over the features of candidates, with what is needed to know whether they may be asked. Immutable once
/// it is made.
struct LearntRanker {
    std::vector<std::string> sources; ///< names of the sources that it knows, in the order of their columns
    FeatureSnapshot training;         ///< version and spread of the features in training
    TreeEnsemble relevance;
    GbdtObjective objective = GbdtObjective::Ndcg; ///< of `relevance`
    std::array<std::optional<TreeEnsemble>, chanceCount>
        chances;           ///< margins of pointwise trees; of kinds that data tell
    std::string trainedBy; ///< "XGBoost 1.7.4, one thread; 1,204 questions; validation NDCG@10 0.412"
};
using LearntRankerPtr = std::shared_ptr<const LearntRanker>;

ORRERY_API void save(const LearntRanker& ranker, Artifact& artifact);
/// Errors: Corrupt for what save() does not write.
[[nodiscard]] ORRERY_API Result<LearntRanker> loadRanker(const Artifact& artifact);

} // namespace orrery
