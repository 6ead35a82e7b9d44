// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/als_dense.h"

#include "core/models/als_kernels.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::als {
namespace {

constexpr std::size_t blockWidth = 2 * lanes;
constexpr std::size_t panelRows = 8;

/// One block of a += sign * t^T t, kept in registers.
template <int sign, std::size_t blockHeight>
void updateBlock(const float* t, std::size_t rows, std::size_t stride, std::size_t row, std::size_t col, float* a)
{
    Lane sums[blockHeight][2];
    for (std::size_t r = 0; r < blockHeight; ++r) {
        sums[r][0] = lanesOf(a + (row + r) * stride + col)[0];
        sums[r][1] = lanesOf(a + (row + r) * stride + col)[1];
    }
    for (std::size_t j = 0; j < rows; ++j, t += stride) {
        const Lane left = lanesOf(t + col)[0];
        const Lane right = lanesOf(t + col)[1];
        for (std::size_t r = 0; r < blockHeight; ++r) {
            const float scale = sign * t[row + r];
            sums[r][0] += scale * left;
            sums[r][1] += scale * right;
        }
    }
    for (std::size_t r = 0; r < blockHeight; ++r) {
        lanesOf(a + (row + r) * stride + col)[0] = sums[r][0];
        lanesOf(a + (row + r) * stride + col)[1] = sums[r][1];
    }
}

/// The blocks that touch the upper triangle from row and column `first` on, a multiple of 8. Six rows at a time make
/// twelve chains of additions, enough to hide their latency; what remains of 16 or 8 rows is done by four and by two.
template <int sign> void update(const float* t, std::size_t rows, std::size_t stride, std::size_t first, float* a)
{
    for (std::size_t col = first / blockWidth * blockWidth; col < stride; col += blockWidth) {
        std::size_t row = first;
        const std::size_t end = col + blockWidth;
        for (; row + 6 <= end; row += 6)
            updateBlock<sign, 6>(t, rows, stride, row, col, a);
        if (row + 4 <= end) {
            updateBlock<sign, 4>(t, rows, stride, row, col, a);
            row += 4;
        }
        if (row < end)
            updateBlock<sign, 2>(t, rows, stride, row, col, a);
    }
}

/// to -= scale * from, from column `first` on (or a little before).
void subtract(const float* from, float scale, std::size_t first, std::size_t stride, float* to)
{
    for (std::size_t d = first / lanes; d < stride / lanes; ++d)
        lanesOf(to)[d] -= scale * lanesOf(from)[d];
}

/// Rows first .. first + panelRows of the factor.
bool factorizePanel(float* a, std::size_t first, std::size_t stride)
{
    for (std::size_t i = first; i < first + panelRows; ++i) {
        float* row = a + i * stride;
        const float pivot = row[i];
        if (!(pivot > 0) || !std::isfinite(pivot))
            return false;
        const float scale = 1 / std::sqrt(pivot);
        std::fill(row + i / lanes * lanes, row + i, 0.F); // so that solving may take whole lanes
        for (std::size_t d = i / lanes; d < stride / lanes; ++d)
            lanesOf(row)[d] *= scale;
        for (std::size_t below = i + 1; below < first + panelRows; ++below)
            subtract(row, row[below], below, stride, a + below * stride);
    }
    return true;
}

} // namespace

void addOuterProducts(const float* t, std::size_t rows, std::size_t stride, float* a)
{
    update<1>(t, rows, stride, 0, a);
}

bool factorize(float* a, std::size_t stride)
{
    for (std::size_t first = 0; first < stride; first += panelRows) {
        if (!factorizePanel(a, first, stride))
            return false;
        if (first + panelRows < stride)
            update<-1>(a + first * stride, panelRows, stride, first + panelRows, a);
    }
    return true;
}

void solveFactorized(const float* u, std::size_t stride, float* x)
{
    for (std::size_t i = 0; i < stride; ++i) {
        const float value = x[i] / u[i * stride + i];
        subtract(u + i * stride, value, i, stride, x);
        x[i] = value;
    }
    for (std::size_t i = stride; i-- > 0;) {
        const float* row = u + i * stride;
        const float right = std::exchange(x[i], 0.F);
        const std::size_t lane = i / lanes * lanes;
        x[i] = (right - dot(row + lane, x + lane, stride - lane)) / row[i];
    }
}

} // namespace orrery::als
