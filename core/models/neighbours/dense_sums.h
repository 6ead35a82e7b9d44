// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace orrery::overlaps {

/// Columns are looked through in blocks of so many.
inline constexpr std::size_t blockColumns = 64;

template <class Held> [[nodiscard]] bool holdsAny(const Held& held)
{
    if constexpr (std::is_integral_v<Held>)
        return held != 0;
    else
        return held.any();
}

/// Copies those of a block of sums that are not 0 to `out`, and their numbers (from `first` on) to `columns`; sets the
/// block to 0. Both outputs have room for a whole block. How many they are.
template <class Held> std::size_t takeBlock(Held* block, std::uint32_t first, std::uint32_t* columns, Held* out)
{
    std::size_t count = 0;
    for (std::uint32_t c = 0; c < blockColumns; ++c) { // without a jump: it would be guessed wrong too often
        columns[count] = first + c;
        out[count] = block[c];
        count += holdsAny(block[c]) ? 1 : 0;
        block[c] = {};
    }
    return count;
}

#if defined(__AVX512F__)
template <>
inline std::size_t takeBlock(std::uint32_t* block, std::uint32_t first, std::uint32_t* columns, std::uint32_t* out)
{
    constexpr std::uint32_t lanes = 16;
    const __m512i ascending = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    std::size_t count = 0;
    for (std::uint32_t c = 0; c < blockColumns; c += lanes) {
        const __m512i held = _mm512_loadu_si512(block + c);
        const __mmask16 any = _mm512_test_epi32_mask(held, held);
        if (any == 0)
            continue;
        const __m512i numbers = _mm512_add_epi32(ascending, _mm512_set1_epi32(static_cast<int>(first + c)));
        _mm512_storeu_si512(columns + count, _mm512_maskz_compress_epi32(any, numbers));
        _mm512_storeu_si512(out + count, _mm512_maskz_compress_epi32(any, held));
        _mm512_storeu_si512(block + c, _mm512_setzero_si512());
        count += static_cast<std::size_t>(__builtin_popcount(any));
    }
    return count;
}

template <>
inline std::size_t takeBlock(std::uint64_t* block, std::uint32_t first, std::uint32_t* columns, std::uint64_t* out)
{
    constexpr std::uint32_t lanes = 8;
    const __m512i ascending = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    std::size_t count = 0;
    for (std::uint32_t c = 0; c < blockColumns; c += lanes) {
        const __m512i held = _mm512_loadu_si512(block + c);
        const __mmask8 any = _mm512_test_epi64_mask(held, held);
        if (any == 0)
            continue;
        const __m512i numbers = _mm512_add_epi64(ascending, _mm512_set1_epi64(first + c));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(columns + count),
                            _mm512_cvtepi64_epi32(_mm512_maskz_compress_epi64(any, numbers)));
        _mm512_storeu_si512(out + count, _mm512_maskz_compress_epi64(any, held));
        _mm512_storeu_si512(block + c, _mm512_setzero_si512());
        count += static_cast<std::size_t>(__builtin_popcount(any));
    }
    return count;
}
#endif

/// A dense row of sums over what two have in common, and which of its blocks were touched.
template <class Held> class DenseSums {
public:
    explicit DenseSums(std::size_t columns)
        : m_touched((columns + blockColumns - 1) / blockColumns), m_held(m_touched.size() * blockColumns)
    {
    }

    /// For sums of at most `cells` cells: where that is few, touched blocks are noted; else all are looked through.
    void begin(std::uint64_t cells) { m_noting = cells < m_held.size(); }
    [[nodiscard]] bool noting() const { return m_noting; }
    [[nodiscard]] Held* held() { return m_held.data(); }
    [[nodiscard]] std::uint8_t* touched() { return m_touched.data(); } ///< of each block; only read where noting()

    /// visit(sums of a block, its first column) for the blocks that may hold any, ascending.
    template <class Visit> void forBlocks(Visit visit)
    {
        for (std::size_t block = 0; block < m_touched.size(); ++block) {
            if (m_noting && m_touched[block] == 0)
                continue;
            m_touched[block] = 0;
            visit(m_held.data() + block * blockColumns, static_cast<std::uint32_t>(block * blockColumns));
        }
    }

private:
    std::vector<std::uint8_t> m_touched;
    std::vector<Held> m_held;
    bool m_noting = false;
};

} // namespace orrery::overlaps
