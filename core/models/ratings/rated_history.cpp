// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rated_history.h"

#include <algorithm>

namespace orrery {

RatingRange ratingRangeOf(const Dataset& dataset)
{
    RatingRange range{dataset.ratingLow(), dataset.ratingHigh()};
    for (const float value : dataset.interactions().allValues()) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    }
    return range;
}

History ratedHistory(const History& history, std::size_t items, RatingRange range)
{
    History kept;
    kept.reserve(history.size());
    std::ranges::copy_if(history, std::back_inserter(kept), [&](const HistoryEntry& entry) {
        return entry.item.value < items && range.contains(entry.value);
    });
    return kept;
}

} // namespace orrery
