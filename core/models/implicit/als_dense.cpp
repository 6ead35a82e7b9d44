// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/als_dense.h"

#include "core/models/implicit/als_kernels.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::als {
namespace {

static_assert(panelWidth == 2 * lanes);

struct Wide {
    Lane left, right;
};

Wide loaded(const float* values) // from anywhere: rows of any length may follow one another
{
    Wide wide;
    std::memcpy(&wide, values, sizeof wide);
    return wide;
}

/// One block of a += sign * t^T t, kept in registers. `rowPanel` starts at the block's first row.
template <int sign, std::size_t blockHeight>
void updateBlock(const float* rowPanel, const float* colPanel, std::size_t rows, std::size_t stride, float* a)
{
    Lane sums[blockHeight][2];
    for (std::size_t r = 0; r < blockHeight; ++r) {
        sums[r][0] = lanesOf(a + r * stride)[0];
        sums[r][1] = lanesOf(a + r * stride)[1];
    }
    for (std::size_t j = 0; j < rows; ++j) {
        const Lane left = lanesOf(colPanel + j * panelWidth)[0];
        const Lane right = lanesOf(colPanel + j * panelWidth)[1];
        for (std::size_t r = 0; r < blockHeight; ++r) {
            const float scale = rowPanel[j * panelWidth + r];
            sums[r][0] = sign > 0 ? sums[r][0] + scale * left : sums[r][0] - scale * left;
            sums[r][1] = sign > 0 ? sums[r][1] + scale * right : sums[r][1] - scale * right;
        }
    }
    for (std::size_t r = 0; r < blockHeight; ++r) {
        lanesOf(a + r * stride)[0] = sums[r][0];
        lanesOf(a + r * stride)[1] = sums[r][1];
    }
}

/// The 16 x 16 blocks of the upper triangle from panel `first` on. Six rows at a time make twelve chains of additions,
/// enough to hide their latency; the last four of a panel make eight.
template <int sign> void update(const float* panels, std::size_t rows, std::size_t stride, std::size_t first, float* a)
{
    const std::size_t panel = rows * panelWidth;
    for (std::size_t col = first; col < stride / panelWidth; ++col)
        for (std::size_t row = first; row <= col; ++row) {
            const float* left = panels + row * panel;
            const float* right = panels + col * panel;
            float* block = a + row * panelWidth * stride + col * panelWidth;
            updateBlock<sign, 6>(left, right, rows, stride, block);
            updateBlock<sign, 6>(left + 6, right, rows, stride, block + 6 * stride);
            updateBlock<sign, 4>(left + 12, right, rows, stride, block + 12 * stride);
        }
}

/// Cholesky factor of the 16 x 16 block at `a`, in place; zero below its diagonal. `inverse`: 1 / diagonal.
bool factorizeBlock(float* a, std::size_t stride, float* inverse)
{
    for (std::size_t i = 0; i < panelWidth; ++i) {
        float* row = a + i * stride;
        const float pivot = row[i];
        if (!(pivot > 0) || !std::isfinite(pivot))
            return false;
        inverse[i] = 1 / std::sqrt(pivot);
        std::fill(row, row + i, 0.F);
        const Lane left = lanesOf(row)[0] *= inverse[i];
        const Lane right = lanesOf(row)[1] *= inverse[i];
        for (std::size_t below = i + 1; below < panelWidth; ++below) {
            lanesOf(a + below * stride)[0] -= row[below] * left;
            lanesOf(a + below * stride)[1] -= row[below] * right;
        }
    }
    return true;
}

/// u^T r = b for 16 columns of b at `to`, in place, and once more as a panel.
void solvePanel(const float* u, const float* inverse, std::size_t stride, float* to, float* panel)
{
    for (std::size_t i = 0; i < panelWidth; ++i) {
        Lane left = lanesOf(to + i * stride)[0];
        Lane right = lanesOf(to + i * stride)[1];
        for (std::size_t p = 0; p < i; ++p) {
            const float scale = u[p * stride + i];
            left -= scale * lanesOf(panel + p * panelWidth)[0];
            right -= scale * lanesOf(panel + p * panelWidth)[1];
        }
        lanesOf(to + i * stride)[0] = lanesOf(panel + i * panelWidth)[0] = left * inverse[i];
        lanesOf(to + i * stride)[1] = lanesOf(panel + i * panelWidth)[1] = right * inverse[i];
    }
}

/// to -= scale * from, from column `first` on (or a little before).
void subtract(const float* from, float scale, std::size_t first, std::size_t stride, float* to)
{
    for (std::size_t d = first / lanes; d < stride / lanes; ++d)
        lanesOf(to)[d] -= scale * lanesOf(from)[d];
}

/// A whole panel of packRows.
void packPanel(const Gathered& part, std::size_t from, std::size_t rows, std::size_t first, RowScales scales,
               float* panel, float* sum)
{
    Wide total = loaded(sum);
    for (std::size_t j = 0; j < rows; ++j) {
        const Wide row = loaded(part.row(from + j) + first);
        lanesOf(panel + j * panelWidth)[0] = scales.inPanels[j] * row.left;
        lanesOf(panel + j * panelWidth)[1] = scales.inPanels[j] * row.right;
        total.left += scales.inSum[j] * row.left;
        total.right += scales.inSum[j] * row.right;
    }
    std::memcpy(sum, &total, sizeof total);
}

/// The last one, of `width` < 16 columns.
void packRest(const Gathered& part, std::size_t from, std::size_t rows, std::size_t first, std::size_t width,
              RowScales scales, float* panel, float* sum)
{
    std::fill_n(panel, rows * panelWidth, 0.F);
    for (std::size_t j = 0; j < rows; ++j)
        for (std::size_t d = 0; d < width; ++d) {
            const float value = part.row(from + j)[first + d];
            panel[j * panelWidth + d] = scales.inPanels[j] * value;
            sum[d] += scales.inSum[j] * value;
        }
}

} // namespace

void packRows(const Gathered& part, std::size_t from, std::size_t rows, std::size_t first, std::size_t width,
              RowScales scales, float* panels, float* sum)
{
    std::size_t d = 0;
    for (; d + panelWidth <= width; d += panelWidth)
        packPanel(part, from, rows, first + d, scales, panels + d * rows, sum + d);
    if (d < width)
        packRest(part, from, rows, first + d, width - d, scales, panels + d * rows, sum + d);
}

void addPanelProducts(const float* panels, std::size_t rows, std::size_t stride, float* a)
{
    update<1>(panels, rows, stride, 0, a);
}

bool factorize(float* a, std::size_t stride, float* scratch)
{
    alignas(64) float inverse[panelWidth];
    const std::size_t panels = stride / panelWidth;
    for (std::size_t p = 0; p < panels; ++p) {
        float* rows = a + p * panelWidth * stride;
        if (!factorizeBlock(rows + p * panelWidth, stride, inverse))
            return false;
        for (std::size_t q = p + 1; q < panels; ++q)
            solvePanel(rows + p * panelWidth, inverse, stride, rows + q * panelWidth,
                       scratch + q * panelWidth * panelWidth);
        update<-1>(scratch, panelWidth, stride, p + 1, a);
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
