// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/models/query.h"

#include <vector>

namespace orrery {

/// rating = mean + how generous the person is + how well the item is rated (Koren, TKDD 2010, section 2.1).
struct RatingBaseline {
    double mean = 0;
    double regPeople = 0;      ///< of the fold-in: see personBias()
    std::vector<float> people; ///< one bias a person
    std::vector<float> items;  ///< one bias an item

    [[nodiscard]] double ofItem(std::size_t item) const { return mean + static_cast<double>(items[item]); }
    /// Of a history of known items: sum of (value - mean - item's bias) / (regPeople + their number); 0 for none.
    [[nodiscard]] double personBias(const History& history) const;
};

struct AlternationConfig {
    int epochs = 10;
    float regPeople = 15;
    float regItems = 10;
};

/// Alternating least squares (the same update as Surprise's BaselineOnly). One epoch:
///     b_i = sum of (r - mean - b_u) over the item's ratings   / (regItems  + their number)
///     b_u = sum of (r - mean - b_i) over the person's ratings / (regPeople + their number)
/// Errors: Cancelled.
[[nodiscard]] Result<RatingBaseline> alternatedBaseline(const Interactions& interactions,
                                                        const AlternationConfig& config, const JobContext& job);

struct DescentConfig {
    int epochs = 20;
    float rate = .005F;
    float regularization = .02F;
    float regPeople = 15; ///< of the fold-in
};

/// Stochastic gradient descent over the ratings in the order of people and items, as Surprise's BaselineOnly does it:
/// on one thread. Errors: Cancelled; Numeric when the rate is too large.
[[nodiscard]] Result<RatingBaseline> descendedBaseline(const Interactions& interactions, const DescentConfig& config,
                                                       const JobContext& job);

} // namespace orrery
