// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

/// Small symmetric positive definite systems in float. Matrices are row-major with `stride` floats a row, a multiple of
/// 16, 64-byte aligned; only the upper triangle counts, and what lies below it is scratch.
namespace orrery::als {

struct Gathered;

/// Rows that are to be multiplied lie in panels of 16 columns, [stride / panelWidth][rows][panelWidth]: the kernels
/// then read memory in order whatever the stride is.
inline constexpr std::size_t panelWidth = 16;

/// What packing gives each of its rows: the factor in the panels, and the factor in the sum.
struct RowScales {
    const float* inPanels = nullptr;
    const float* inSum = nullptr;
};

/// Columns first .. first + width of rows from .. from + rows of `part` into zero-padded panels, and their scaled sum
/// added to `sum` (length `width`).
void packRows(const Gathered& part, std::size_t from, std::size_t rows, std::size_t first, std::size_t width,
              RowScales scales, float* panels, float* sum);

/// a += t^T t, for t of [rows x stride] in panels.
void addPanelProducts(const float* panels, std::size_t rows, std::size_t stride, float* a);

/// a = u^T u in place. False when a pivot is not positive; then a is spoiled. `scratch`: 16 * stride floats, aligned.
[[nodiscard]] bool factorize(float* a, std::size_t stride, float* scratch);

/// x := (u^T u)^-1 x, for x of length `stride`.
void solveFactorized(const float* u, std::size_t stride, float* x);

} // namespace orrery::als
