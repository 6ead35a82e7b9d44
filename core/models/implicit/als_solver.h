// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"

#include <cstdint>
#include <span>
#include <vector>

/// The equations of implicit ALS for one side at a time. With the other side's factors Y fixed, row x of this side
/// minimizes, over the cells i of the row with weights w_i and over all columns,
///     sum over cells of (w_i + t) (1 - x . y_i)^2 - t (x . y_i)^2  +  sum over all columns of a (x . y_i)^2
///         + lambda |x|^2
/// with a the weight of an unknown cell, and t = a where a cell counts as liked or as unknown (Hu, Koren & Volinsky,
/// ICDM 2008: confidence w + a for 1, else a for 0), t = 0 where it counts as both (Rendle, Krichene, Zhang & Koren,
/// 2021: w for 1, and a for 0 everywhere).
namespace orrery::als {

/// The preferred cells of one side, in CSR form.
struct Cells {
    std::vector<std::uint64_t> starts{0};
    std::vector<std::uint32_t> columns; ///< ascending in each row
    std::vector<float> weights;         ///< > 0
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
    Blocks,            ///< one exact step for each block of factors in turn (iALS++; Rendle et al. 2021)
};

/// What unknown cells count.
struct Objective {
    float unknown = 1;       ///< the weight a > 0
    bool everywhere = false; ///< of all cells (Rendle et al.), or only of those that are not liked (Hu et al.)

    /// t: what liked cells weigh beside their own weight.
    [[nodiscard]] float extra() const { return everywhere ? 0 : unknown; }
    bool operator==(const Objective&) const = default;
};

struct StepSettings {
    Solver solver = Solver::ConjugateGradient;
    int steps = 3; ///< of conjugate gradient
    Objective objective = {};
    std::size_t blockSize = 32; ///< of Blocks: factors solved for at once, along the principal axes of the fixed side
};

/// Replaces every row of `solved` [cells.rows x k] by its solution given `fixed` [cells.columnCount x k]; rows without
/// cells become zero. `penalty`: lambda of each row. Returns the sum over rows of the minimized expression at the
/// solution, which is the whole loss but for the penalty of the fixed side. The same bits on any number of threads.
/// Errors: Cancelled.
[[nodiscard]] Result<double> solveSide(const JobContext& job, const Cells& cells, std::span<const float> penalty,
                                       MatrixView fixed, MatrixRef solved, const StepSettings& settings);

/// scale * Y^T Y in double, k x k row-major: partial sums over fixed chunks of rows, added in order. Errors: Cancelled.
[[nodiscard]] Result<std::vector<double>> gramOf(const JobContext& job, MatrixView factors, double scale = 1);

/// The equations of one row, kept factorized in double: for fold-in and for explaining it.
class Equations {
public:
    /// `gram`: a Y^T Y, k x k; `extra`: t.
    Equations(MatrixView fixed, std::span<const double> gram, float extra, std::span<const std::uint32_t> columns,
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
    /// As Equations.
    ExactSolver(MatrixView fixed, std::span<const double> gram, float extra);
    /// Writes the solution to x (length k) and returns the minimized expression there.
    double solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty,
                 std::span<float> x);

private:
    using Buffer = std::vector<float, AlignedAllocator<float>>;
    /// Sets up matrix and right-hand side; returns the sum of the weights w + t.
    double assemble(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty);

    MatrixView m_fixed;
    std::span<const double> m_exactGram;
    float m_extra;
    std::size_t m_stride;
    Buffer m_gram, m_system, m_tile, m_right, m_solution; ///< padded to m_stride; the padding solves to zero
};

} // namespace orrery::als
