// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"
#include "core/store/workspace.h"

#include <vector>

namespace orrery {

/// A stored model as a part of funnels; of lists and funnels a part without a model, which no source can ask.
[[nodiscard]] ORRERY_API FunnelPart partOf(const ModelRow& row, const RecommenderPtr& recommender);

/// A stored funnel made ready with the models that it names among `parts`. Where its ranker is of other features than
/// this program has, candidates stay as merged, and the trail says so. Errors: those of Funnel::open, Corrupt.
[[nodiscard]] ORRERY_API Result<FunnelPtr> openFunnel(const StoredFunnel& stored, const std::vector<FunnelPart>& parts,
                                                      const std::shared_ptr<const FunnelGround>& ground,
                                                      const JobContext& job);

} // namespace orrery
