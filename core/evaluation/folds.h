// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/evaluation/evaluator.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// The plans of all folds of `plan`; itself where it has none.
[[nodiscard]] ORRERY_API std::vector<SplitPlan> foldsOf(const SplitPlan& plan);

/// Of which fold a stored run speaks.
struct FoldOfRun {
    int fold = 0; ///< from 0
    int folds = 0;
    std::string title; ///< "Random: each of 5 parts is held out in turn (seed 1)"
    std::string group; ///< the same for the folds of one plan and protocol, and for no others
};
/// Reads what toJson() wrote of the plan and the protocol, and the description of the split. Nothing where the split
/// has no folds.
[[nodiscard]] ORRERY_API std::optional<FoldOfRun> foldOfRun(const std::string& protocolJson,
                                                            const std::string& splitDescription);

/// What the reports of several folds say together: of each metric the mean over the folds, which is what published
/// tables give, and from the lowest to the highest fold in place of an interval; people and ratings are summed. Without
/// the values of single people. `reports` is not empty, and all have the same metrics.
[[nodiscard]] ORRERY_API EvaluationReport meanOfFolds(std::span<const EvaluationReport> reports);

} // namespace orrery
