// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Draws indices in proportion to fixed weights: cumulative sums with a guide table (Chen & Asau 1974), one entry for
/// eight weights so that it stays in the cache. Unlike an alias table its layout does not hang on how sums round, so
/// any build draws the same. Fastest where the weights descend.
class WeightedPick {
public:
    WeightedPick() = default;
    /// Weights are >= 0 and not all 0.
    explicit WeightedPick(std::span<const double> weights)
    {
        m_ends.reserve(weights.size());
        for (const double weight : weights)
            m_ends.push_back(total() + weight);
        m_buckets = static_cast<double>(weights.size() / 8 + 1);
        for (double bucket = 0; bucket < m_buckets; ++bucket)
            m_guide.push_back(firstAbove(bucket * total() / m_buckets, 0, weights.size()));
        m_guide.push_back(static_cast<std::uint32_t>(weights.size() - 1));
    }

    [[nodiscard]] double total() const { return m_ends.empty() ? 0 : m_ends.back(); }

    [[nodiscard]] std::uint32_t operator()(Rng& rng) const
    {
        const double u = rng.uniform();
        const auto bucket = static_cast<std::size_t>(u * m_buckets);
        return firstAbove(u * total(), m_guide[bucket], m_guide[bucket + 1]);
    }

private:
    /// The first index in [from, to) whose end is above `value`, else `to`.
    [[nodiscard]] std::uint32_t firstAbove(double value, std::size_t from, std::size_t to) const
    {
        const auto begin = m_ends.begin();
        const auto found =
            std::upper_bound(begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to), value);
        return static_cast<std::uint32_t>(found - begin);
    }

    std::vector<double> m_ends;
    std::vector<std::uint32_t> m_guide; // where the search in each bucket starts; one more for where the last ends
    double m_buckets = 0;
};

} // namespace orrery
