// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/hybrids/held_out.h"

#include <span>
#include <vector>

namespace orrery {

/// NDCG@10 of one person's rows, as meanNdcg() has it.
[[nodiscard]] double ndcgOf(const PersonRows& person, std::span<const double> weights);

/// Mean NDCG@10 over the people when their rows are ordered by the weighted sum, ties by item; targets > 0 are
/// relevant, and the ideal list has min(10, relevant) of them. Errors: Cancelled.
[[nodiscard]] Result<double> meanNdcg(std::span<const PersonRows> people, std::span<const double> weights,
                                      const JobContext& job);

/// Weights >= 0 of sum 1 by coordinate search, from equal ones: for each part in turn its share is tried from 0 to 1 in
/// steps of a twentieth while the others keep their proportions, and the best is kept; until a round changes nothing,
/// five rounds at most. Two parts: the best of 21 mixtures. Draws no random number. Reports "held-out NDCG@10".
/// Errors: Cancelled.
[[nodiscard]] Result<std::vector<double>> searchWeights(std::span<const PersonRows> people, std::size_t parts,
                                                        const JobContext& job);

} // namespace orrery
