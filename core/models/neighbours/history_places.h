// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/query.h"

#include <cstdint>
#include <span>
#include <vector>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace orrery {

/// Where items stand in a history, for looking through long rows of items.
class HistoryPlaces {
public:
    /// Of a history of known items.
    HistoryPlaces(const History& history, std::size_t items) : m_inHistory(items + readsBeyond), m_places(items)
    {
        for (std::uint32_t place = 0; place < history.size(); ++place) {
            m_inHistory[history[place].item.value] = 1;
            m_places[history[place].item.value] = place;
        }
    }

    [[nodiscard]] std::size_t itemCount() const { return m_places.size(); }
    /// Of an item of the history.
    [[nodiscard]] std::uint32_t of(std::uint32_t item) const { return m_places[item]; }
    /// Which of `items` are in the history, by their place in `items`; kept in `found`, to be used again and again.
    /// `values`: of each of the items, of which those found are read soon.
    template <class... Values> [[nodiscard]] std::span<const std::uint32_t>
    among(std::span<const std::uint32_t> items, std::vector<std::uint32_t>& found, const Values*... values) const
    {
        if (found.size() < items.size())
            found.resize(items.size());
        std::uint32_t n = 0;
        std::size_t count = 0;
#if defined(__AVX512F__)
        const __m512i ascending = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        for (; n + 16 <= items.size(); n += 16) {
            __builtin_prefetch(items.data() + n + readAhead);
            const __m512i bytes = _mm512_i32gather_epi32(_mm512_loadu_si512(items.data() + n), m_inHistory.data(), 1);
            const __mmask16 any = _mm512_test_epi32_mask(bytes, _mm512_set1_epi32(1));
            if (any != 0)
                (__builtin_prefetch(values + n), ...);
            const __m512i cells = _mm512_add_epi32(ascending, _mm512_set1_epi32(static_cast<int>(n)));
            _mm512_storeu_si512(found.data() + count, _mm512_maskz_compress_epi32(any, cells));
            count += static_cast<std::size_t>(__builtin_popcount(any));
        }
#endif
        for (; n < items.size(); ++n) { // without a jump: it would be guessed wrong too often
            found[count] = n;
            count += m_inHistory[items[n]];
            if (n % 16 == 0)
                (__builtin_prefetch(values + n), ...);
        }
        return std::span(found).first(count);
    }

private:
    static constexpr std::size_t readsBeyond = 3; ///< four bytes are read to look at one
    static constexpr std::size_t readAhead = 256;

    std::vector<std::uint8_t> m_inHistory; ///< of each item
    std::vector<std::uint32_t> m_places;
};

} // namespace orrery
