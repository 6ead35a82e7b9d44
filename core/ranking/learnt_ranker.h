// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/ranking/chance_correction.h"
#include "core/ranking/feature_check.h"
#include "core/ranking/gbdt.h"
#include "core/retrieval/merge.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// What a ranker may have learned the chance of: that a candidate is at least looked at, at least put into the cart, or
/// bought, from the question on until the sitting ends (sittings.h).
enum class Chance : std::uint8_t { Click, Cart, Purchase };
inline constexpr std::size_t chanceCount = 3;
inline constexpr std::array<float, chanceCount> leastLabels{1, 2, 3}; ///< labelOf() from which on it is a yes

/// Boosted trees over the features of candidates, with what is needed to know whether they may be asked. Immutable once
/// it is made.
struct LearntRanker {
    std::vector<std::string> sources; ///< names of the sources that it knows, in the order of their columns
    /// How its candidates were merged in training: the merged score is among its features, and other merges have other
    /// scales. None in rankers of programs before.
    std::optional<MergeBy> mergedBy;
    FeatureSnapshot training; ///< version and spread of the features in training
    TreeEnsemble relevance;
    GbdtObjective objective = GbdtObjective::Ndcg; ///< of `relevance`
    std::array<std::optional<TreeEnsemble>, chanceCount>
        chances; ///< margins of pointwise trees; of kinds that data tell
    /// What makes chances of their margins, fitted on all candidates of later questions than the trees learned from.
    /// On average over candidates they are right. Every question has the same share of positives in training, so that
    /// trees cannot tell who uses much in a sitting and who little: chances compare the candidates of one question, not
    /// people. None in rankers of programs before there were any.
    std::array<ChanceCorrection, chanceCount> corrections;
    ChanceCorrection ofRelevance; ///< of a pointwise objective alone: makes its margins log-odds
    /// Of each feature, between the questions that the trees learned from and the later ones: of all candidates both
    /// times, found by the same models. Empty in rankers of programs before.
    std::vector<FeatureDrift> drift;
    std::string drifted;   ///< which questions were compared, in words: "400 of 3 to 9 May 2011 with ..."
    std::string trainedBy; ///< "XGBoost 1.7.4, one thread; 1,204 questions; validation NDCG@10 0.412"
};
using LearntRankerPtr = std::shared_ptr<const LearntRanker>;

ORRERY_API void save(const LearntRanker& ranker, Artifact& artifact);
/// Errors: Corrupt for what save() does not write.
[[nodiscard]] ORRERY_API Result<LearntRanker> loadRanker(const Artifact& artifact);

} // namespace orrery
