// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/recommender.h"

#include <string>
#include <vector>

namespace orrery {

/// What the same reason gives two items.
struct ReasonPair {
    std::string label; ///< labelOf(): "Heat (1995)", "at most 3 of a category"
    double above = 0, below = 0;
    [[nodiscard]] double difference() const { return above - below; }
};

/// Where two items stood at the same step of their ways.
struct StepPair {
    std::string title;                  ///< of the source, the model, the rule
    std::uint32_t above = 0, below = 0; ///< places after it; 0: not in the list
};

/// Why one item stands above another in the same list: two explanations and two trails, subtracted.
struct WhyAbove {
    std::vector<ReasonPair> reasons; ///< the largest difference first; differences sum to that of the scores
    double scoreAbove = 0, scoreBelow = 0;
    std::vector<StepPair> steps; ///< those that either went through, in the order of the first trail
    std::string verdict;         ///< one sentence: "Above since it was ranked: ...", or that it is the other way round
};

/// Errors: those of Recommender::explain() and trace().
[[nodiscard]] ORRERY_API Result<WhyAbove> whyAbove(const Dataset& dataset, const Recommender& recommender,
                                                   const Query& query, ItemIndex above, ItemIndex below);

} // namespace orrery
