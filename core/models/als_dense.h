// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

/// Small symmetric positive definite systems in float. Matrices are row-major with `stride` floats a row, a multiple of
/// 16, 64-byte aligned; only the upper triangle counts, and what lies below it is scratch.
namespace orrery::als {

/// a += t^T t, for t of [rows x stride].
void addOuterProducts(const float* t, std::size_t rows, std::size_t stride, float* a);

/// a = u^T u in place. False when a pivot is not positive; then a is spoiled.
[[nodiscard]] bool factorize(float* a, std::size_t stride);

/// x := (u^T u)^-1 x, for x of length `stride`.
void solveFactorized(const float* u, std::size_t stride, float* x);

} // namespace orrery::als
