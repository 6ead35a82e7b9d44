// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"

namespace orrery {

/// The sources that are on, merged, without ranker, objectives and rules.
[[nodiscard]] FunnelRecipe sourcesOnly(FunnelRecipe recipe);

/// A funnel of models that know nothing from `from` on, on all events: its questions see what was before them.
/// `recipe`: sourcesOnly(). Errors: those of trainParts() and Funnel::open().
[[nodiscard]] Result<FunnelPtr> askedFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                            const std::shared_ptr<const Dataset>& dataset, Timestamp from,
                                            const JobContext& job, PlaceChancesPtr merge = nullptr);

} // namespace orrery
