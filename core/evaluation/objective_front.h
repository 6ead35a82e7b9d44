// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/evaluation/rule_preview.h"
#include "core/pipeline/funnel.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// What lists are under one setting of the objectives: means over people; NaN for what the catalog does not tell.
struct ObjectivePoint {
    Objectives weights;
    std::vector<RuleMeasure> measures; ///< `after` is this point's, `before` that of the funnel as it is
    bool onFront = false;              ///< no other point is as good in all of the measures and better in one

    /// NaN where the catalog does not tell it.
    [[nodiscard]] ORRERY_API double value(RuleMeasure::Kind kind) const;
};

struct FrontPlan {
    std::size_t points =
        48; ///< settings that are tried: the funnel's own, each objective alone beside relevance, others
    std::size_t k = 10;
    std::uint64_t seed = 1;
    /// What the front is of; all are better when larger.
    std::vector<RuleMeasure::Kind> of = {RuleMeasure::Kind::Agreement,  RuleMeasure::Kind::Margin,
                                         RuleMeasure::Kind::HighMargin, RuleMeasure::Kind::Diversity,
                                         RuleMeasure::Kind::NewSellers, RuleMeasure::Kind::Coverage};
};

/// Tries weights of the objectives: for relevance 1, the others drawn from 0, .1, .3, 1 and 3, of those only that can
/// change anything here. Sources and ranker are asked once a person; each setting costs ordering and rules alone. The
/// first point is the funnel as it is. `later`: by query, ascending, what was chosen later. The same on any number of
/// threads. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<ObjectivePoint>>
objectiveFront(const Funnel& funnel, std::span<const Query> queries, std::span<const std::vector<ItemIndex>> later,
               const FrontPlan& plan, const JobContext& job);

} // namespace orrery
