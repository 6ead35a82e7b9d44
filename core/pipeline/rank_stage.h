// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/matrix.h"
#include "core/models/explanation.h"
#include "core/models/model.h"
#include "core/ranking/feature_view.h"
#include "core/ranking/learnt_ranker.h"
#include "core/reranking/rule_catalog.h"
#include "core/retrieval/merge.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace orrery {

struct Objectives;

/// What a ranker says of candidates.
struct Ranked {
    std::vector<float> scores; ///< one a candidate; NaN: cannot be scored
    /// How likely each is clicked, put into the cart, bought; empty where the ranker has not learned that.
    std::array<std::vector<float>, chanceCount> chances;
    std::string fallback;              ///< why it is the order of the merge instead; empty where it is not
    std::vector<std::string> warnings; ///< what is not as in training, in words: the merge, features
    Matrix features = {};              ///< [candidates x features] of learnt rankers; empty without
};

/// Orders candidates: the second stage of a funnel. Immutable, safe to ask from many threads.
class ORRERY_API RankStage {
public:
    virtual ~RankStage() = default;
    /// "as merged", or the name of the model.
    [[nodiscard]] virtual const std::string& title() const = 0;
    /// Nothing at or after query.now is looked at. Where it takes longer than `budget` milliseconds (0: any time) the
    /// merged scores stand in.
    [[nodiscard]] virtual Ranked rank(const Query& query, const Candidates& candidates, double budget) const = 0;
    /// Why a candidate has its score: terms that sum to it. `ranked` as rank() gave it.
    [[nodiscard]] virtual Explanation explain(const Query& query, const Candidates& candidates, const Ranked& ranked,
                                              std::size_t candidate) const = 0;
    /// The model behind it; null where there is none.
    [[nodiscard]] virtual ModelPtr model() const { return nullptr; }
};
using RankStagePtr = std::shared_ptr<const RankStage>;

/// Leaves the order of the merge. `titles`, `weights`: of the sources.
[[nodiscard]] ORRERY_API RankStagePtr makeMergedStage(std::vector<std::string> titles, std::vector<float> weights);
/// By the scores of one model.
[[nodiscard]] ORRERY_API RankStagePtr makeModelStage(std::string name, ModelPtr model);

/// By trees over features: margins, where a score of 0 means nothing in itself. `view` is of ranker->sources. `titles`:
/// of the sources of the candidates; one that the ranker does not know is not told, and one that is not among them
/// found nothing. Features that are not as the ranker must have them leave the merged order.
[[nodiscard]] ORRERY_API RankStagePtr makeLearntStage(LearntRankerPtr ranker, std::shared_ptr<const FeatureView> view,
                                                      std::vector<std::string> titles);

/// The scores by which candidates are ordered under these objectives: those of the ranker where only relevance counts,
/// else sums of weight * placeScores(); see Objectives. Higher is better; NaN stays NaN.
[[nodiscard]] ORRERY_API std::vector<float> scoresBy(const Objectives& objectives, const RuleCatalog& catalog,
                                                     const Candidates& candidates, const Ranked& ranked);

} // namespace orrery
