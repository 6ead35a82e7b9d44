// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// Vector loops of implicit ALS. All vectors are 64-byte aligned and as long as `stride`, a multiple of `lanes`;
/// what pads them is zero.
namespace orrery::als {

inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t blockRows = 8;
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

/// Some rows of a matrix: the ones that one person's or item's equations are made of.
struct Gathered {
    const float* rows = nullptr; ///< of the whole matrix
    std::size_t stride = 0;
    std::span<const std::uint32_t> ids;
    std::span<const float> weights; ///< one for each id

    [[nodiscard]] const float* row(std::size_t j) const { return rows + ids[j] * stride; }
};

using RowBlock = std::array<const float*, blockRows>;

/// products[j] = row j . v.
void dotRows(const RowBlock& rows, const float* v, std::size_t stride, std::array<float, blockRows>& products);

/// out += sum of scales[j] * row j.
void addRows(const RowBlock& rows, const std::array<float, blockRows>& scales, std::size_t stride, float* out);

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
