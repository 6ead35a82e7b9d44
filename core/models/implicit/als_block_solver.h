// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/models/implicit/als_kernels.h"
#include "core/models/implicit/als_solver.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::als {

/// iALS++ (Rendle, Krichene, Zhang & Koren: iALS++: Speeding up matrix factorization with subspace optimization, 2021)
/// for one row after the other: a Newton step in each block of factors, with the predictions of the row's cells kept up
/// to date. Works in axes where the Gram matrix of the fixed side is diagonal, so that a block's gradient needs no
/// other block. O(cells k (b + 1) + k b^2) a row for blocks of b.
class BlockSolver {
public:
    /// `fixed`: [columns x stride], stride a multiple of 16; `gram`: the diagonal, of length stride.
    BlockSolver(MatrixView fixed, std::span<const float> gram, const StepSettings& settings);

    /// Improves x (length of a padded row) and returns the minimized expression there.
    double solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty, float* x);

private:
    using Buffer = std::vector<float, AlignedAllocator<float>>;
    void predict(const Gathered& cells, const float* x);
    /// Sets up the equations of the step in columns first .. first + size.
    void assemble(const Gathered& cells, float penalty, std::size_t first, std::size_t size, const float* x);
    /// Adds what the step adds to the predictions.
    void movePredictions(const Gathered& cells, std::size_t first, std::size_t size);
    [[nodiscard]] double loss(const Gathered& cells, float penalty, const float* x) const;

    MatrixView m_fixed;
    std::span<const float> m_gram;
    float m_extra;
    std::size_t m_blockSize;
    Buffer m_system, m_tile, m_step;
    std::vector<float> m_predictions; ///< of the row's cells
};

} // namespace orrery::als
