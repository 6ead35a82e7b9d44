// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace orrery {

/// Where a list is cut so that only its largest values are left: those above `least`, and the first `ties` equal to it.
struct Cut {
    float least = 0;
    std::size_t ties = 0;

    /// Whether the next of the list stays.
    [[nodiscard]] bool keeps(float value)
    {
        // Without a jump: it would be guessed wrong too often.
        const std::size_t tie = static_cast<std::size_t>(value == least) & static_cast<std::size_t>(ties > 0);
        ties -= tie;
        return (tie | static_cast<std::size_t>(value > least)) != 0;
    }
};

/// So that `wanted` (at least 1) of more values, all above 0, are left. Bits of positive floats are ordered as they
/// are: halves their range, counting all values each time, as a vector register counts many at once.
[[nodiscard]] inline Cut cutFor(std::span<const float> values, std::size_t wanted)
{
    const auto countFrom = [values](std::uint32_t bits) {
        const auto least = std::bit_cast<float>(bits);
        std::uint32_t count = 0;
        for (const float value : values)
            count += value >= least ? 1U : 0U;
        return std::size_t{count};
    };
    std::uint32_t low = ~std::uint32_t{0}, high = 0; // enough are at least `low`, too few, `above`, at least `high`
    for (const float value : values) {
        low = std::min(low, std::bit_cast<std::uint32_t>(value));
        high = std::max(high, std::bit_cast<std::uint32_t>(value) + 1);
    }
    std::size_t above = 0;
    while (high - low > 1) {
        const std::uint32_t middle = low + (high - low) / 2;
        const std::size_t count = countFrom(middle);
        if (count == wanted)
            return {std::bit_cast<float>(middle), std::numeric_limits<std::size_t>::max()};
        (count > wanted ? low : high) = middle;
        above = count > wanted ? above : count;
    }
    return {std::bit_cast<float>(low), wanted - above};
}

} // namespace orrery
