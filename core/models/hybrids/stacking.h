// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"
#include "core/models/hybrids/held_out.h"

#include <span>
#include <vector>

namespace orrery {

/// A linear model over the parts' scores (Wolpert: Stacked Generalization, Neural Networks 1992; for recommenders Sill,
/// Takács, Mackey & Lin: Feature-Weighted Linear Stacking, 2009), learnt on held-out entries with parts trained on the
/// rest; the parts are then trained again on all. Two forms:
///     every part predicts ratings, and the learner is ridge:  held-out ratings from predicted ones; gives ratings
///     otherwise:  liked (1) or not (0) from the parts' scores, in standard deviations of the list, over the whole
///     list:
///                 what was held out and the best of each part, and a draw that stands for the rest
[[nodiscard]] Algorithm stackingAlgorithm();

/// Weights and what is added to every score.
struct StackedWeights {
    std::vector<double> weights;
    double base = 0;
};
/// Minimizes the sum, with the rows' weights, of (target - base - <weights, row>)^2 + strength |weights|^2.
[[nodiscard]] StackedWeights ridgeWeights(std::span<const PersonRows> people, std::size_t parts, double strength);
/// Minimizes the sum, with the rows' weights, of -ln sigma(+-(base + <weights, row>)) + strength / 2 |weights|^2 by
/// Newton's method; the sign is that of target > 0. Errors: Cancelled.
[[nodiscard]] Result<StackedWeights> logisticWeights(std::span<const PersonRows> people, std::size_t parts,
                                                     double strength, const JobContext& job);

} // namespace orrery
