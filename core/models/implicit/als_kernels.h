// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

/// Vector loops of implicit ALS. All vectors are 64-byte aligned and as long as `stride`, a multiple of `lanes`;
/// what pads them is zero.
namespace orrery::als {

inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t blockRows = 8;
inline constexpr std::size_t tileRows = 64; ///< rows that are gathered and multiplied at once
using Lane __attribute__((vector_size(lanes * sizeof(float)))) = float;

[[nodiscard]] constexpr std::size_t paddedTo(std::size_t cols, std::size_t unit = 16)
{
    return (cols + unit - 1) / unit * unit;
}

inline const Lane* lanesOf(const float* values) { return reinterpret_cast<const Lane*>(values); }

inline Lane* lanesOf(float* values) { return reinterpret_cast<Lane*>(values); }

inline float sumOf(const Lane& lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

inline float dot(const float* a, const float* b, std::size_t stride)
{
    Lane sum{};
    for (std::size_t d = 0; d < stride / lanes; ++d)
        sum += lanesOf(a)[d] * lanesOf(b)[d];
    return sumOf(sum);
}

/// What a liked cell with prediction s adds to the minimized expression: (w + t) (1 - s)^2 - t s^2.
inline double cellLoss(float weight, float extra, float prediction)
{
    const double miss = 1 - static_cast<double>(prediction);
    return (static_cast<double>(extra) + static_cast<double>(weight)) * miss * miss -
           static_cast<double>(extra) * static_cast<double>(prediction) * static_cast<double>(prediction);
}

/// Some rows of a matrix: the ones that one person's or item's equations are made of.
struct Gathered {
    const float* rows = nullptr; ///< of the whole matrix
    std::size_t stride = 0;
    std::span<const std::uint32_t> ids;
    std::span<const float> weights; ///< one for each id

    [[nodiscard]] const float* row(std::size_t j) const { return rows + ids[j] * stride; }
};

using RowBlock = std::array<const float*, blockRows>;

/// Sums of neighbours: a01 a23 b01 b23, in both halves.
inline Lane pairSums(const Lane& a, const Lane& b)
{
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
}

/// Element j is the sum of lane j: a tree of shuffles, where the compiler's own choice takes four times as many.
inline Lane sumsOf(const Lane (&of)[blockRows])
{
    const Lane first = pairSums(pairSums(of[0], of[1]), pairSums(of[2], of[3]));
    const Lane second = pairSums(pairSums(of[4], of[5]), pairSums(of[6], of[7]));
    return __builtin_shufflevector(first, second, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(first, second, 4, 5, 6, 7, 12, 13, 14, 15);
}

inline void dotRows(const RowBlock& rows, const float* v, std::size_t stride, std::array<float, blockRows>& products)
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

inline void addRows(const RowBlock& rows, const std::array<float, blockRows>& scales, std::size_t stride, float* out)
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

/// out += sum over the rows y_j of scale(w_j, y_j . v) * y_j, reading each row once from memory.
template <class Scale> void accumulate(const Gathered& part, const float* v, float* out, const Scale& scale)
{
    RowBlock rows;
    std::array<float, blockRows> products;
    for (std::size_t first = 0; first < part.ids.size(); first += blockRows) {
        const std::size_t count = std::min(blockRows, part.ids.size() - first);
        for (std::size_t j = 0; j < blockRows; ++j)
            rows[j] = part.row(first + (j < count ? j : 0)); // the last block repeats a row, with scale zero
        dotRows(rows, v, part.stride, products);
        for (std::size_t j = 0; j < blockRows; ++j)
            products[j] = j < count ? scale(part.weights[first + j], products[j]) : 0.F;
        addRows(rows, products, part.stride, out);
    }
}

} // namespace orrery::als
