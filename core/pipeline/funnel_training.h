// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/funnel.h"

#include <memory>
#include <vector>

namespace orrery {

/// The same funnel on other data, such as the training part of a split: the models that it names trained by their
/// algorithms, settings and seeds, and its ranker learned anew. Errors: Unsupported (a part that cannot be trained
/// here), those of train() and Funnel::open().
[[nodiscard]] ORRERY_API Result<FunnelPtr> trainFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                                       const std::shared_ptr<const Dataset>& dataset,
                                                       const JobContext& job);

/// The models of a recipe trained on other data; parts that the recipe does not name are left out. Errors: as above.
[[nodiscard]] ORRERY_API Result<std::vector<FunnelPart>> trainParts(const FunnelRecipe& recipe,
                                                                    const std::vector<FunnelPart>& parts,
                                                                    const std::shared_ptr<const Dataset>& dataset,
                                                                    const JobContext& job);

} // namespace orrery
