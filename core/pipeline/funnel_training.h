// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/funnel.h"

#include <memory>
#include <vector>

namespace orrery {

/// A funnel on other data, such as the training part of a split: its models as trainParts() makes them (withoutModels()
/// to train all), and what it learned, its ranker and its merge, anew; its rules see `segments`
/// (RuleCatalog::withSegments). Errors: Unsupported (a part that cannot be trained here), those of train() and
/// Funnel::open().
[[nodiscard]] ORRERY_API Result<FunnelPtr> trainFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                                       const std::shared_ptr<const Dataset>& dataset,
                                                       const JobContext& job,
                                                       const std::shared_ptr<const AttributeTable>& segments = {});

/// The models of a recipe: those of `parts` that are there as they are, the others trained on `dataset`; parts that the
/// recipe does not name are left out. Errors: as above.
[[nodiscard]] ORRERY_API Result<std::vector<FunnelPart>> trainParts(const FunnelRecipe& recipe,
                                                                    const std::vector<FunnelPart>& parts,
                                                                    const std::shared_ptr<const Dataset>& dataset,
                                                                    const JobContext& job);

/// What a learnt ranker is trained from, of the time that the events of a dataset cover.
struct RankerPeriods {
    double from = .75;      ///< share of the events that its models may learn from; sittings after it are asked
    double validFrom = .93; ///< those after this share tell when to stop
};

/// What a recipe's ranker learns from a dataset: questions of its last quarter, with the recipe's models trained on
/// what was before, so that they know nothing of the answers. Errors: InvalidArgument (no times, too few sittings),
/// Unsupported (whyNoGbdt), Cancelled, OutOfMemory. `merge`: of MergeBy::Chance.
[[nodiscard]] ORRERY_API Result<LearntRankerPtr> trainRanker(const FunnelRecipe& recipe,
                                                             const std::vector<FunnelPart>& parts,
                                                             const std::shared_ptr<const Dataset>& dataset,
                                                             const JobContext& job, RankerPeriods periods = {},
                                                             PlaceChancesPtr merge = nullptr);

/// How often each source's items were used at each place: of at most 1,000 of the same questions, all of the lists.
/// Errors: InvalidArgument (no times, no question, nothing used that was found), Cancelled.
[[nodiscard]] ORRERY_API Result<PlaceChancesPtr> learnMerge(const FunnelRecipe& recipe,
                                                            const std::vector<FunnelPart>& parts,
                                                            const std::shared_ptr<const Dataset>& dataset,
                                                            const JobContext& job, RankerPeriods periods = {});

/// All that a recipe has to learn from a dataset: its merge where that goes by chances, its ranker where that is
/// learnt, from candidates merged so. Where there is nothing that a merge could be learned from, it has none. Errors:
/// as trainRanker().
[[nodiscard]] ORRERY_API Result<FunnelLearning> trainLearning(const FunnelRecipe& recipe,
                                                              const std::vector<FunnelPart>& parts,
                                                              const std::shared_ptr<const Dataset>& dataset,
                                                              const JobContext& job);

/// How the parts were trained, without what they learned.
[[nodiscard]] ORRERY_API std::vector<FunnelPart> withoutModels(std::vector<FunnelPart> parts);

} // namespace orrery
