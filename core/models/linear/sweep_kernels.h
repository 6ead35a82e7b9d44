// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

/// The inner loops of the tiled inverse: C -= A B^T for blocks of a row-major matrix, from packed copies of A and B.
namespace orrery::sweep {

// As many lanes as a register has: wider vectors would be split and spill.
#if defined(__AVX512F__)
inline constexpr std::size_t lanes = 16, stripRows = 12;
#elif defined(__AVX__)
inline constexpr std::size_t lanes = 8, stripRows = 6;
#else
inline constexpr std::size_t lanes = 4, stripRows = 6;
#endif
inline constexpr std::size_t stripCols = 2 * lanes;
/// Rows of a block, and length of its sums: a multiple of every strip above. A block of A (324 KB) stays in the second
/// cache, a strip of B (18 KB) in the first.
inline constexpr std::size_t blockRows = 288;

using Lane __attribute__((vector_size(lanes * sizeof(float)))) = float;
/// The same at any address.
using FreeLane __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)))) = float;

/// Copies `rows` rows of `depth` values into strips of `width` rows, so that the kernel reads them in order; missing
/// rows of the last strip are zero. `out` holds `rows` rounded up to `width`, times `depth`.
inline void packStrips(const float* from, std::size_t stride, std::size_t rows, std::size_t depth, std::size_t width,
                       float* out)
{
    for (std::size_t first = 0; first < rows; first += width) {
        const std::size_t count = std::min(width, rows - first);
        for (std::size_t k = 0; k < depth; ++k, out += width) {
            for (std::size_t r = 0; r < count; ++r)
                out[r] = from[(first + r) * stride + k];
            std::fill(out + count, out + width, 0.F);
        }
    }
}

struct Sums {
    Lane of[stripRows][2];
};

/// Sums over k of a[k][row] * b[k][column] for one strip of each.
inline void multiplyStrips(const float* a, const float* b, std::size_t depth, Sums& sums)
{
    Lane sum[stripRows][2] = {};
    for (std::size_t k = 0; k < depth; ++k, a += stripRows, b += stripCols) {
        const Lane left = *reinterpret_cast<const Lane*>(b);
        const Lane right = *reinterpret_cast<const Lane*>(b + lanes);
#pragma GCC unroll 12
        for (std::size_t r = 0; r < stripRows; ++r) {
            sum[r][0] += a[r] * left;
            sum[r][1] += a[r] * right;
        }
    }
    std::memcpy(&sums, sum, sizeof sum);
}

/// c[row][column] -= sums, for a whole strip.
inline void subtract(const Sums& sums, float* c, std::size_t stride)
{
    for (std::size_t r = 0; r < stripRows; ++r) {
        *reinterpret_cast<FreeLane*>(c + r * stride) -= sums.of[r][0];
        *reinterpret_cast<FreeLane*>(c + r * stride + lanes) -= sums.of[r][1];
    }
}

/// The same for the `rows` x `cols` that are left at an edge.
inline void subtractPart(const Sums& sums, float* c, std::size_t stride, std::size_t rows, std::size_t cols)
{
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t col = 0; col < cols; ++col)
            c[r * stride + col] -= sums.of[r][col / lanes][col % lanes];
}

/// C -= A B^T; C is [rows x cols] at `c`, A and B are packed by stripRows and stripCols, `depth` values a row.
inline void subtractProduct(const float* a, const float* b, std::size_t depth, float* c, std::size_t stride,
                            std::size_t rows, std::size_t cols)
{
    Sums sums;
    for (std::size_t col = 0; col < cols; col += stripCols)
        for (std::size_t row = 0; row < rows; row += stripRows) {
            float* const to = c + row * stride + col;
            for (std::size_t r = 0; r < stripRows && row + r < rows; ++r)
                __builtin_prefetch(to + r * stride, 1);
            multiplyStrips(a + row * depth, b + col * depth, depth, sums);
            if (row + stripRows <= rows && col + stripCols <= cols)
                subtract(sums, to, stride);
            else
                subtractPart(sums, to, stride, std::min(stripRows, rows - row), std::min(stripCols, cols - col));
        }
}

} // namespace orrery::sweep
