// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace orrery {

/// Finds the most similar of many; equal ones go to the one offered first. To be used again and again.
class Nearest {
public:
    /// Forgets all; makes room for so many that take part, and one.
    void begin(std::size_t most)
    {
        if (m_keys.size() < most)
            m_keys.resize(most);
        m_count = 0;
    }
    /// Takes part if its similarity is above 0. `place` grows from offer to offer.
    void offer(float similarity, std::uint32_t place)
    {
        // Bits of positive floats are ordered as they are. Written in any case: a jump would be guessed wrong too
        // often.
        m_keys[m_count] =
            std::uint64_t{std::bit_cast<std::uint32_t>(similarity)} << 32 | static_cast<std::uint32_t>(~place);
        m_count += similarity > 0 ? 1 : 0;
    }
    /// The keys of the `wanted` most similar, in a fixed but unspecified order.
    [[nodiscard]] std::span<const std::uint64_t> choose(std::size_t wanted)
    {
        if (m_count > wanted)
            std::nth_element(m_keys.begin(), at(wanted), at(m_count), std::greater{});
        return std::span(m_keys).first(std::min(m_count, wanted));
    }
    /// The same, most similar first.
    [[nodiscard]] std::span<const std::uint64_t> sorted(std::size_t wanted)
    {
        const auto chosen = choose(wanted);
        std::sort(m_keys.begin(), at(chosen.size()), std::greater{});
        return chosen;
    }

    [[nodiscard]] static std::uint32_t placeOf(std::uint64_t key) { return ~static_cast<std::uint32_t>(key); }
    [[nodiscard]] static float similarityOf(std::uint64_t key)
    {
        return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
    }

private:
    [[nodiscard]] std::vector<std::uint64_t>::iterator at(std::size_t place)
    {
        return m_keys.begin() + static_cast<std::ptrdiff_t>(place);
    }

    std::vector<std::uint64_t> m_keys; ///< bits of the similarity, then the place upside down: larger is nearer
    std::size_t m_count = 0;
};

/// Places of the n largest similarities above 0, largest first, ties by place; without `left`.
[[nodiscard]] inline std::vector<std::uint32_t> mostSimilar(std::span<const float> similarities, std::size_t left,
                                                            std::size_t n)
{
    Nearest nearest;
    nearest.begin(similarities.size() + 1);
    for (std::uint32_t other = 0; other < similarities.size(); ++other)
        if (other != left)
            nearest.offer(similarities[other], other);
    std::vector<std::uint32_t> places;
    for (const std::uint64_t key : nearest.sorted(n))
        places.push_back(Nearest::placeOf(key));
    return places;
}

} // namespace orrery
