// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/als_kernels.h"

#include <cstring>

namespace orrery::als {
namespace {

/// Sums of neighbours: a01 a23 b01 b23, in both halves.
Lane pairSums(const Lane& a, const Lane& b)
{
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
}

/// Element j is the sum of lane j: a tree of shuffles, where the compiler's own choice takes four times as many.
Lane sumsOf(const Lane (&of)[blockRows])
{
    const Lane first = pairSums(pairSums(of[0], of[1]), pairSums(of[2], of[3]));
    const Lane second = pairSums(pairSums(of[4], of[5]), pairSums(of[6], of[7]));
    return __builtin_shufflevector(first, second, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(first, second, 4, 5, 6, 7, 12, 13, 14, 15);
}

} // namespace

// Both are functions of their own, since inlined into a loop over blocks the sums are spilled from the registers.

void dotRows(const RowBlock& rows, const float* v, std::size_t stride, std::array<float, blockRows>& products)
{
    Lane sums[blockRows]; // eight chains hide the latency of the additions
    for (std::size_t j = 0; j < blockRows; ++j)
        sums[j] = *lanesOf(rows[j]) * *lanesOf(v);
    for (std::size_t d = lanes; d < stride; d += lanes)
        for (std::size_t j = 0; j < blockRows; ++j)
            sums[j] += *lanesOf(rows[j] + d) * *lanesOf(v + d);
    const Lane all = sumsOf(sums);
    std::memcpy(products.data(), &all, sizeof all);
}

void addRows(const RowBlock& rows, const std::array<float, blockRows>& scales, std::size_t stride, float* out)
{
    Lane wide[blockRows];
    for (std::size_t j = 0; j < blockRows; ++j)
        wide[j] = Lane{} + scales[j];
    for (std::size_t d = 0; d < stride; d += lanes) {
        Lane even = *lanesOf(out + d) + *lanesOf(rows[0] + d) * wide[0];
        Lane odd = *lanesOf(rows[1] + d) * wide[1];
        for (std::size_t j = 2; j < blockRows; j += 2) {
            even += *lanesOf(rows[j] + d) * wide[j];
            odd += *lanesOf(rows[j + 1] + d) * wide[j + 1];
        }
        *lanesOf(out + d) = even + odd;
    }
}

} // namespace orrery::als
