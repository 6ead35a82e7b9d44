// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rating_grid.h"

#include <algorithm>
#include <cmath>

namespace orrery {

std::optional<RatingGrid> RatingGrid::of(std::span<const float> ratings)
{
    if (ratings.empty())
        return {};
    const auto [low, high] = std::ranges::minmax(ratings);
    for (const double unit : {1.0, 0.5, 0.25, 0.125}) {
        const double steps = (static_cast<double>(high) - static_cast<double>(low)) / unit;
        if (!(steps < mostCodes))
            return {};
        const RatingGrid grid{static_cast<double>(low), unit, static_cast<std::uint32_t>(steps)};
        if (std::ranges::all_of(ratings, [&](float rating) { return grid.has(rating); }))
            return grid;
    }
    return {};
}

} // namespace orrery
