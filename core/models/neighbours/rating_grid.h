// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace orrery {

/// Ratings that are whole steps on a scale, such as half stars: rating = low + unit * code. Their differences are small
/// whole numbers, whose sums are exact in any order.
struct RatingGrid {
    static constexpr std::uint32_t mostCodes = 256;

    double low = 0;
    double unit = 1;           ///< 1, 1/2, 1/4 or 1/8
    std::uint32_t highest = 0; ///< code, below mostCodes

    [[nodiscard]] std::uint32_t codes() const { return highest + 1; }
    [[nodiscard]] bool has(float rating) const
    {
        const double steps = (static_cast<double>(rating) - low) / unit;
        return steps >= 0 && steps <= highest && steps == static_cast<double>(static_cast<std::uint32_t>(steps));
    }
    /// Nothing where they are not on such a grid.
    [[nodiscard]] static std::optional<RatingGrid> of(std::span<const float> ratings);
    [[nodiscard]] std::uint8_t codeOf(float rating) const
    {
        return static_cast<std::uint8_t>((static_cast<double>(rating) - low) / unit);
    }
};

} // namespace orrery
