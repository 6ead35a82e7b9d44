// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/pipeline/funnel.h"

#include <vector>

namespace orrery {

/// A funnel trained on what was before a moment, and people whose later choices are known.
struct FunnelTrial {
    FunnelPtr funnel;
    std::vector<UserIndex> people;             ///< ascending
    std::vector<Query> queries;                ///< aligned: as they were at that moment
    std::vector<std::vector<ItemIndex>> later; ///< aligned, ascending: what is relevant and was new; may be empty
    Timestamp cut = endOfTime;
};

/// The moment is `asOf`, or else where the last tenth of the events begins. Parts that have a model keep it: give
/// withoutModels() for a fair trial. `segments` as trainFunnel() takes them. Errors: InvalidArgument (events without
/// times), those of trainFunnel().
[[nodiscard]] ORRERY_API Result<FunnelTrial> tryFunnel(const FunnelRecipe& recipe, const std::vector<FunnelPart>& parts,
                                                       const std::shared_ptr<const Dataset>& dataset, Timestamp asOf,
                                                       std::size_t people, const JobContext& job,
                                                       const std::shared_ptr<const AttributeTable>& segments = {});

} // namespace orrery
