// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Draws indices in proportion to fixed weights: cumulative sums with a guide table (Chen & Asau 1974), about two
/// steps a draw. Unlike an alias table its layout does not hang on how sums round, so any build draws the same.
class WeightedPick {
public:
    WeightedPick() = default;
    /// Weights are >= 0 and not all 0.
    explicit WeightedPick(std::span<const double> weights)
    {
        m_ends.reserve(weights.size());
        for (const double weight : weights)
            m_ends.push_back(total() + weight);
        const double step = total() / static_cast<double>(weights.size());
        std::uint32_t at = 0;
        for (std::size_t bucket = 0; bucket < weights.size(); ++bucket) {
            while (m_ends[at] <= static_cast<double>(bucket) * step)
                ++at;
            m_guide.push_back(at);
        }
    }

    [[nodiscard]] double total() const { return m_ends.empty() ? 0 : m_ends.back(); }

    [[nodiscard]] std::uint32_t operator()(Rng& rng) const
    {
        const double u = rng.uniform();
        std::uint32_t at = m_guide[static_cast<std::size_t>(u * static_cast<double>(m_guide.size()))];
        const auto last = static_cast<std::uint32_t>(m_ends.size() - 1);
        while (at < last && m_ends[at] <= u * total())
            ++at;
        return at;
    }

private:
    std::vector<double> m_ends;
    std::vector<std::uint32_t> m_guide;
};

} // namespace orrery
