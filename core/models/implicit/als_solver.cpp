// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/als_solver.h"

#include "core/base/parallel.h"
#include "core/models/implicit/als_block_solver.h"
#include "core/models/implicit/als_dense.h"
#include "core/models/implicit/als_kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

namespace orrery::als {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const RowMajor>;
using MutableMap = Eigen::Map<RowMajor>;

constexpr std::size_t rowsPerPart = 256;

/// Rows in chunks of about equal work, so that threads finish together and a cancel is heard soon.
std::vector<std::size_t> chunksOf(const Cells& cells)
{
    constexpr std::size_t workPerChunk = 1 << 15;
    constexpr std::size_t workPerRow = 16; // the part of a row's cost that does not depend on its cells
    std::vector<std::size_t> bounds{0};
    std::size_t work = 0;
    for (std::size_t row = 0; row < cells.rows(); ++row) {
        work += cells.starts[row + 1] - cells.starts[row] + workPerRow;
        if (work >= workPerChunk || row + 1 == cells.rows()) {
            bounds.push_back(row + 1);
            work = 0;
        }
    }
    return bounds;
}

/// Runs body(row) -> loss for all rows and adds the losses in order of chunks.
template <class MakeBody> Result<double> overRows(const JobContext& job, const Cells& cells, const MakeBody& makeBody)
{
    const auto bounds = chunksOf(cells);
    std::vector<double> losses(bounds.size() - 1, 0.0);
    const auto done = parallelFor(job, losses.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t chunk = first; chunk < last; ++chunk) {
            auto body = makeBody();
            for (std::size_t row = bounds[chunk]; row < bounds[chunk + 1]; ++row)
                losses[chunk] += body(row);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return std::accumulate(losses.begin(), losses.end(), 0.0);
}

/// out = in * rotation, by fixed chunks of rows. One of both may be padded with columns of zeros.
Status rotate(const JobContext& job, MatrixView in, const RowMajor& rotation, MatrixRef out)
{
    return parallelFor(job, in.rows, rowsPerPart, [&](std::size_t first, std::size_t last) {
        const auto rows = static_cast<Eigen::Index>(last - first);
        const ConstMap from(in.data + first * in.cols, rows, static_cast<Eigen::Index>(in.cols));
        MutableMap to(out.data + first * out.cols, rows, static_cast<Eigen::Index>(out.cols));
        to.noalias() = from * rotation;
    });
}

/// The principal axes of the fixed side. There Y^T Y is diagonal: the part of the equations that all rows share costs
/// nothing to apply, and serves as preconditioner for any lambda.
struct Axes {
    RowMajor toAxes;         ///< k x stride, zero-padded
    RowMajor fromAxes;       ///< stride x k
    std::vector<float> gram; ///< the diagonal; zero where padded
};

Axes axesOf(std::span<const double> gram, std::size_t k)
{
    const auto size = static_cast<Eigen::Index>(k);
    const Eigen::Map<const Eigen::MatrixXd> matrix(gram.data(), size, size);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
    const auto stride = static_cast<Eigen::Index>(paddedTo(k));
    Axes axes{RowMajor::Zero(size, stride), RowMajor::Zero(stride, size), std::vector<float>(paddedTo(k), 0.F)};
    axes.toAxes.leftCols(size) = solver.eigenvectors().cast<float>();
    axes.fromAxes.topRows(size) = axes.toAxes.leftCols(size).transpose();
    for (std::size_t d = 0; d < k; ++d)
        axes.gram[d] = static_cast<float>(std::max(0.0, solver.eigenvalues()[static_cast<Eigen::Index>(d)]));
    return axes;
}

/// Preconditioned conjugate gradient on one row after the other, in the axes of the fixed side.
class GradientSolver {
public:
    GradientSolver(MatrixView fixed, std::span<const float> gram, const StepSettings& settings)
        : m_fixed(fixed), m_gram(gram), m_steps(settings.steps), m_extra(settings.objective.extra()),
          m_work(5, fixed.cols)
    {
    }

    /// Improves x (length of a padded row) and returns the minimized expression there.
    double solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty, float* x)
    {
        const Gathered cells{m_fixed.data, m_fixed.cols, columns, weights};
        double value = start(cells, penalty, x);
        double size = precondition();
        std::copy_n(m_z, m_fixed.cols, m_direction);
        const double enough = size * 1e-12;
        for (int step = 0; step < m_steps && size > enough; ++step) {
            applySystem(cells);
            const double length = size / static_cast<double>(dot(m_direction, m_image, m_fixed.cols));
            value -= length * size; // what a step of this length takes off a quadratic
            advance(static_cast<float>(length), x);
            const double next = precondition();
            turn(static_cast<float>(next / size));
            size = next;
        }
        return value;
    }

private:
    /// Residual b - A x; returns the minimized expression at x.
    double start(const Gathered& cells, float penalty, const float* x)
    {
        double value = 0;
        for (std::size_t d = 0; d < m_fixed.cols; ++d) {
            m_diagonal[d] = m_gram[d] + penalty;
            m_residual[d] = -m_diagonal[d] * x[d];
            value -= static_cast<double>(m_residual[d]) * static_cast<double>(x[d]);
        }
        accumulate(cells, x, m_residual, [&value, extra = m_extra](float weight, float product) {
            value += cellLoss(weight, extra, product);
            return extra + weight - weight * product;
        });
        return value;
    }

    double precondition()
    {
        for (std::size_t d = 0; d < m_fixed.cols; ++d)
            m_z[d] = m_residual[d] / m_diagonal[d];
        return static_cast<double>(dot(m_residual, m_z, m_fixed.cols));
    }

    void applySystem(const Gathered& cells)
    {
        for (std::size_t d = 0; d < m_fixed.cols; ++d)
            m_image[d] = m_diagonal[d] * m_direction[d];
        accumulate(cells, m_direction, m_image, [](float weight, float product) { return weight * product; });
    }

    void advance(float length, float* x)
    {
        for (std::size_t d = 0; d < m_fixed.cols; ++d) {
            x[d] += length * m_direction[d];
            m_residual[d] -= length * m_image[d];
        }
    }

    void turn(float ratio)
    {
        for (std::size_t d = 0; d < m_fixed.cols; ++d)
            m_direction[d] = m_z[d] + ratio * m_direction[d];
    }

    MatrixView m_fixed; ///< [columns x stride]
    std::span<const float> m_gram;
    int m_steps;
    float m_extra;
    Matrix m_work;
    float* m_diagonal = m_work.row(0).data();
    float* m_residual = m_work.row(1).data();
    float* m_z = m_work.row(2).data();
    float* m_direction = m_work.row(3).data();
    float* m_image = m_work.row(4).data();
};

/// Runs a row solver in the principal axes of the fixed side.
template <class RowSolver> Result<double> solveInAxes(const JobContext& job, const Cells& cells,
                                                      std::span<const float> penalty, std::span<const double> gram,
                                                      MatrixView fixed, MatrixRef solved, const StepSettings& settings)
{
    const Axes axes = axesOf(gram, fixed.cols);
    const std::size_t stride = paddedTo(fixed.cols);
    Matrix turned(fixed.rows, stride);
    Matrix rows(solved.rows, stride);
    if (const auto done = rotate(job, fixed, axes.toAxes, turned.ref()); !done)
        return tl::unexpected(done.error());
    const MatrixView before{solved.data, solved.rows, solved.cols};
    if (const auto done = rotate(job, before, axes.toAxes, rows.ref()); !done)
        return tl::unexpected(done.error());
    const auto loss = overRows(job, cells, [&] {
        return [&, solver = RowSolver(turned.view(), axes.gram, settings)](std::size_t row) mutable {
            float* x = rows.row(row).data();
            if (cells.columnsOf(row).empty()) {
                std::fill_n(x, stride, 0.F);
                return 0.0;
            }
            return solver.solve(cells.columnsOf(row), cells.weightsOf(row), penalty[row], x);
        };
    });
    if (!loss)
        return loss;
    if (const auto done = rotate(job, rows.view(), axes.fromAxes, solved); !done)
        return tl::unexpected(done.error());
    return loss;
}

Result<double> solveExactly(const JobContext& job, const Cells& cells, std::span<const float> penalty,
                            std::span<const double> gram, MatrixView fixed, MatrixRef solved, float extra)
{
    return overRows(job, cells, [&] {
        return [&, solver = ExactSolver(fixed, gram, extra)](std::size_t row) mutable {
            return solver.solve(cells.columnsOf(row), cells.weightsOf(row), penalty[row], solved.row(row));
        };
    });
}

/// x := (L L^T)^-1 x
void solveInPlace(const std::vector<double>& lower, std::vector<double>& x)
{
    const auto k = static_cast<Eigen::Index>(x.size());
    const Eigen::Map<const Eigen::MatrixXd> factor(lower.data(), k, k);
    Eigen::Map<Eigen::VectorXd> vector(x.data(), k);
    factor.triangularView<Eigen::Lower>().solveInPlace(vector);
    factor.triangularView<Eigen::Lower>().transpose().solveInPlace(vector);
}

} // namespace

Cells transposed(const Cells& cells)
{
    Cells turned;
    turned.columnCount = cells.rows();
    turned.starts.assign(cells.columnCount + 1, 0);
    for (const std::uint32_t column : cells.columns)
        ++turned.starts[column + 1];
    std::partial_sum(turned.starts.begin(), turned.starts.end(), turned.starts.begin());
    turned.columns.resize(cells.size());
    turned.weights.resize(cells.size());
    auto next = turned.starts;
    for (std::uint32_t row = 0; row < cells.rows(); ++row) {
        for (std::uint64_t cell = cells.starts[row]; cell < cells.starts[row + 1]; ++cell) {
            const std::uint64_t to = next[cells.columns[cell]]++;
            turned.columns[to] = row;
            turned.weights[to] = cells.weights[cell];
        }
    }
    return turned;
}

Result<double> solveSide(const JobContext& job, const Cells& cells, std::span<const float> penalty, MatrixView fixed,
                         MatrixRef solved, const StepSettings& settings)
{
    const auto gram = gramOf(job, fixed, static_cast<double>(settings.objective.unknown));
    if (!gram)
        return tl::unexpected(gram.error());
    switch (settings.solver) {
    case Solver::Exact: return solveExactly(job, cells, penalty, *gram, fixed, solved, settings.objective.extra());
    case Solver::Blocks: return solveInAxes<BlockSolver>(job, cells, penalty, *gram, fixed, solved, settings);
    case Solver::ConjugateGradient: break;
    }
    return solveInAxes<GradientSolver>(job, cells, penalty, *gram, fixed, solved, settings);
}

Result<std::vector<double>> gramOf(const JobContext& job, MatrixView factors, double scale)
{
    const auto k = static_cast<Eigen::Index>(factors.cols);
    std::vector<Eigen::MatrixXd> parts(chunkCount(factors.rows, rowsPerPart));
    const auto done = parallelFor(job, factors.rows, rowsPerPart, [&](std::size_t first, std::size_t last) {
        const ConstMap rows(factors.data + first * factors.cols, static_cast<Eigen::Index>(last - first), k);
        const Eigen::MatrixXd exact = rows.transpose().cast<double>();
        parts[first / rowsPerPart].setZero(k, k);
        parts[first / rowsPerPart].selfadjointView<Eigen::Lower>().rankUpdate(exact);
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<double> gram(factors.cols * factors.cols, 0.0);
    Eigen::Map<Eigen::MatrixXd> sum(gram.data(), k, k);
    for (const auto& part : parts)
        sum.triangularView<Eigen::Lower>() += part;
    sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
    sum *= scale;
    return gram;
}

Equations::Equations(MatrixView fixed, std::span<const double> gram, float extra,
                     std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty)
    : m_lower(gram.begin(), gram.end()), m_right(fixed.cols, 0.0)
{
    const auto k = static_cast<Eigen::Index>(fixed.cols);
    Eigen::MatrixXd tile(k, static_cast<Eigen::Index>(columns.size()));
    Eigen::Map<Eigen::VectorXd> right(m_right.data(), k);
    for (std::size_t j = 0; j < columns.size(); ++j) {
        const double weight = static_cast<double>(weights[j]);
        auto column = tile.col(static_cast<Eigen::Index>(j));
        column = Eigen::Map<const Eigen::VectorXf>(fixed.row(columns[j]).data(), k).cast<double>();
        right += (static_cast<double>(extra) + weight) * column;
        column *= std::sqrt(weight);
    }
    Eigen::Map<Eigen::MatrixXd> system(m_lower.data(), k, k);
    system.diagonal().array() += static_cast<double>(penalty);
    system.selfadjointView<Eigen::Lower>().rankUpdate(tile);
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>, Eigen::Lower> inPlace(system);
}

std::vector<double> Equations::solution() const
{
    std::vector<double> x = m_right;
    solveInPlace(m_lower, x);
    return x;
}

std::vector<double> Equations::applyInverse(std::span<const float> v) const
{
    std::vector<double> x(v.begin(), v.end());
    solveInPlace(m_lower, x);
    return x;
}

ExactSolver::ExactSolver(MatrixView fixed, std::span<const double> gram, float extra)
    : m_fixed(fixed), m_exactGram(gram), m_extra(extra), m_stride(paddedTo(fixed.cols)), m_gram(m_stride * m_stride),
      m_system(m_stride * m_stride), m_tile(tileRows * m_stride), m_right(m_stride), m_solution(m_stride)
{
    for (std::size_t row = 0; row < fixed.cols; ++row)
        for (std::size_t col = 0; col < fixed.cols; ++col)
            m_gram[row * m_stride + col] = static_cast<float>(gram[row * fixed.cols + col]);
    for (std::size_t d = fixed.cols; d < m_stride; ++d)
        m_gram[d * m_stride + d] = 1;
}

double ExactSolver::assemble(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty)
{
    const std::size_t k = m_fixed.cols;
    const Gathered cells{m_fixed.data, k, columns, weights};
    std::array<float, tileRows> roots, rights;
    std::ranges::copy(m_gram, m_system.begin());
    for (std::size_t d = 0; d < k; ++d)
        m_system[d * m_stride + d] += penalty;
    std::ranges::fill(m_right, 0.F);
    double sum = 0;
    for (std::size_t first = 0; first < columns.size(); first += tileRows) {
        const std::size_t count = std::min(tileRows, columns.size() - first);
        for (std::size_t j = 0; j < count; ++j) {
            roots[j] = std::sqrt(weights[first + j]);
            rights[j] = m_extra + weights[first + j];
            sum += static_cast<double>(rights[j]);
        }
        packRows(cells, first, count, 0, k, {roots.data(), rights.data()}, m_tile.data(), m_right.data());
        addPanelProducts(m_tile.data(), count, m_stride, m_system.data());
    }
    return sum;
}

double ExactSolver::solve(std::span<const std::uint32_t> columns, std::span<const float> weights, float penalty,
                          std::span<float> x)
{
    std::ranges::fill(x, 0.F);
    if (columns.empty())
        return 0;
    const double sum = assemble(columns, weights, penalty);
    if (factorize(m_system.data(), m_stride, m_tile.data())) {
        m_solution = m_right;
        solveFactorized(m_system.data(), m_stride, m_solution.data());
        std::copy_n(m_solution.begin(), x.size(), x.begin());
    } else {
        const auto exact = Equations(m_fixed, m_exactGram, m_extra, columns, weights, penalty).solution();
        std::ranges::transform(exact, x.begin(), [](double value) { return static_cast<float>(value); });
    }
    // At the minimum the expression is the sum of w + t minus x . b.
    const double gained =
        std::transform_reduce(x.begin(), x.end(), m_right.begin(), 0.0, std::plus<>{},
                              [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); });
    return sum - gained;
}

} // namespace orrery::als
