// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/data/interactions.h"
#include "core/models/history_weigher.h"

#include <cstdint>
#include <vector>

namespace orrery {

struct FpmcConfig {
    int factors = 32;
    int epochs = 30;
    float learningRate = .05F;
    float regularization = 1e-5F;
    int candidates = 20; ///< of so many drawn items that were not chosen, the hardest is compared with
    int basket = 3;      ///< newest entries before a moment that it is told from
};

/// score(u, B, i) = bias_i + <people_u, items_i> + mean over l in B of <next_i, last_l>.
struct FpmcFactors {
    Matrix people;           ///< [people x factors]
    Matrix items;            ///< [items x factors]: for whom
    Matrix next;             ///< [items x factors]: after what
    Matrix last;             ///< [items x factors]: before what
    std::vector<float> bias; ///< one an item
};

/// What a person chose at one moment, and what they had chosen before.
struct FpmcStep {
    std::uint32_t person = 0;
    std::uint32_t item = 0;
    std::uint32_t first = 0; ///< the basket: places of FpmcSteps::baskets
    std::uint32_t count = 0; ///< 0: nothing came before
};

struct FpmcSteps {
    std::vector<FpmcStep> steps;        ///< by person, newest first
    std::vector<std::uint32_t> baskets; ///< items
};

/// Each entry that counts is a step. Its basket are the up to `basket` newest entries from before its moment, of one
/// moment the lower items first: what came at the same moment is no reason for it.
[[nodiscard]] FpmcSteps fpmcSteps(const Interactions& interactions, const HistoryWeigher& weigher, std::size_t basket);

/// Stochastic gradient descent for -ln sigma(score(u, B, i) - score(u, B, j)) with j drawn from the items that somebody
/// used and this person did not choose (S-BPR: Rendle, Freudenthaler & Schmidt-Thieme, WWW 2010), in a shuffled order.
/// Other than there, each coordinate has its own step size (Adagrad), j is the hardest of several (as in BPR here), and
/// items have a bias: on ml-latest-small the plain form learns little but what is popular. On one thread, as every step
/// moves vectors that any other may read: the bits do not depend on the threads. Vectors of people and items without a
/// step stay zero. Reports "training loss" and "training AUC" by epoch. Errors: Numeric, Cancelled.
[[nodiscard]] Result<FpmcFactors> trainFpmc(const Interactions& interactions, const FpmcSteps& steps,
                                            const FpmcConfig& config, const JobContext& job);

} // namespace orrery
