// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/neighbours/cut.h"

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
        if (m_similarities.size() < most) {
            m_similarities.resize(most);
            m_places.resize(most);
        }
        m_count = 0;
    }
    /// Takes part if its similarity is above 0. `place` grows from offer to offer.
    void offer(float similarity, std::uint32_t place)
    {
        // Written in any case: a jump would be guessed wrong too often.
        m_similarities[m_count] = similarity;
        m_places[m_count] = place;
        m_count += similarity > 0 ? 1 : 0;
    }
    /// The keys of the `wanted` most similar, by place.
    [[nodiscard]] std::span<const std::uint64_t> choose(std::size_t wanted)
    {
        const auto similarities = std::span(m_similarities).first(m_count);
        Cut cut = m_count > wanted ? cutFor(similarities, wanted) : Cut{};
        if (m_keys.size() < m_similarities.size())
            m_keys.resize(m_similarities.size());
        std::size_t count = 0;
        for (std::size_t n = 0; n < m_count; ++n) {
            m_keys[count] = keyOf(similarities[n], m_places[n]);
            count += cut.keeps(similarities[n]) ? 1 : 0;
        }
        return std::span(m_keys).first(count);
    }
    /// The same, most similar first.
    [[nodiscard]] std::span<const std::uint64_t> sorted(std::size_t wanted)
    {
        const std::size_t count = choose(wanted).size();
        const auto chosen = std::span(m_keys).first(count);
        std::ranges::sort(chosen, std::ranges::greater{});
        return chosen;
    }

    [[nodiscard]] static std::uint32_t placeOf(std::uint64_t key) { return ~static_cast<std::uint32_t>(key); }
    [[nodiscard]] static float similarityOf(std::uint64_t key)
    {
        return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
    }

private:
    /// Bits of positive floats are ordered as they are; then the place upside down: larger is nearer.
    static std::uint64_t keyOf(float similarity, std::uint32_t place)
    {
        return std::uint64_t{std::bit_cast<std::uint32_t>(similarity)} << 32 | static_cast<std::uint32_t>(~place);
    }

    std::vector<float> m_similarities; ///< of what takes part, and its places
    std::vector<std::uint32_t> m_places;
    std::size_t m_count = 0;
    std::vector<std::uint64_t> m_keys; ///< of what was chosen
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
