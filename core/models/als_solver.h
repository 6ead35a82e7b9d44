// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"

#include <cstdint>
#include <span>
#include <vector>

/// The equations of implicit ALS (Hu, Koren & Volinsky, ICDM 2008) for one side at a time. With the other side's
/// factors Y fixed, row x of this side minimizes
///     sum over all columns i of c_i (p_i - x . y_i)^2 + lambda |x|^2,
/// where p_i = 1 and c_i = 1 + w_i for the cells of the row, and p_i = 0 and c_i = 1 for all others.
namespace orrery::als {

/// The preferred cells of one side, in CSR form.
struct Cells {
    std::vector<std::uint64_t> starts{0};
    std::vector<std::uint32_t> columns; ///< ascending in each row
    std::vector<float> weights;         ///< w = confidence - 1, > 0
    std::size_t columnCount = 0;

    [[nodiscard]] std::size_t rows() const { return starts.size() - 1; }
    [[nodiscard]] std::size_t size() const { return columns.size(); }
    [[nodiscard]] std::span<const std::uint32_t> columnsOf(std::size_t row) const
    {
        return std::span(columns).subspan(starts[row], starts[row + 1] - starts[row]);
    }
    [[nodiscard]] std::span<const float> weightsOf(std::size_t row) const
    {
        return std::span(weights).subspan(starts[row], starts[row + 1] - starts[row]);
    }
};
[[nodiscard]] Cells transposed(const Cells& cells);

enum class Solver {
    ConjugateGradient, ///< a few steps from the row's last solution (Takács, Pilászy & Tikk, RecSys 2011)
    Exact,             ///< Cholesky factorization of each row's k x k matrix
};

struct StepSettings {
    Solver solver = Solver::ConjugateGradient;
    int steps = 3; ///< of conjugate gradient
};

/// Replaces every row of `solved` [cells.rows x k] by its solution given `fixed` [cells.columnCount x k]; rows without
/// cells become zero. `penalty`: lambda of each row. Returns the sum over rows of the minimized expression at the
/// solution, which is the whole loss but for the penalty of the fixed side. The same bits on any number of threads.
/// Errors: Cancelled.
[[nodiscard]] Result<double> solveSide(const JobContext& job, const Cells& cells, std::span<const float> penalty,
                                       MatrixView fixed, MatrixRef solved, const StepSettings& settings);

/// Y^T Y in double, k x k row-major: partial sums over fixed chunks of rows, added in order. Errors: Cancelled.
[[nodiscard]] Result<std::vector<double>> gramOf(const JobContext& job, MatrixView factors);

/// The equations of one row, kept factorized in double: for fold-in and for explaining it.
class Equations {
public:
    /// `gram`: Y^T Y, k x k.
    Equations(MatrixView fixed, std::span<const double> gram, std::span<const std::uint32_t> columns,
              std::span<const float> weights, float penalty);
    /// The row: what solves the equations.
    [[nodiscard]] std::vector<double> solution() const;
    /// A^-1 v for the k x k matrix A of the equations; v has length k.
    [[nodiscard]] std::vector<double> applyInverse(std::span<const float> v) const;

private:
    std::vector<double> m_lower; ///< A = L L^T, column-major
    std::vector<double> m_right;
};

/// Solves rows exactly, in float, against one fixed side; reused for many rows, by one thread.
class ExactSolver {
public:
    ExactSolver(MatrixView fixed, std::span<const double> gram);
    /// Writes the solution to x (length k) and returns the minimized expression there.
    double solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty,
                 std::span<float> x);

private:
    using Buffer = std::vector<float, AlignedAllocator<float>>;
    /// Sets up matrix and right-hand side; returns the sum of the confidences.
    double assemble(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty);

    MatrixView m_fixed;
    std::span<const double> m_exactGram;
    std::size_t m_stride;
    Buffer m_gram, m_system, m_tile, m_right, m_solution; ///< padded to m_stride; the padding solves to zero
};

} // namespace orrery::als
