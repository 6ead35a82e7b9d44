// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/query.h"

namespace orrery {

/// Ratings that a model was trained on lie in [low, high].
struct RatingRange {
    float low = 0;
    float high = 0;
    /// False for NaN as well.
    [[nodiscard]] bool contains(float value) const { return low <= value && value <= high; }
};

/// The declared scale, widened to the ratings that are really there.
[[nodiscard]] RatingRange ratingRangeOf(const Dataset& dataset);

/// What a rating model can learn a person from: entries of items below `items` whose value lies in the range. The
/// others (an item newer than the model, a value that is no rating) say nothing about the person and are left out.
[[nodiscard]] History ratedHistory(const History& history, std::size_t items, RatingRange range);

} // namespace orrery
