// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/symmetric_inverse.h"

#include "core/base/parallel.h"
#include "core/models/linear/sweep_kernels.h"

#include <algorithm>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace orrery {
namespace {

using sweep::blockRows;
constexpr std::size_t blockCells = blockRows * blockRows;

/// With D the pivot block and P the panel of rows before and after it, a sweep makes
/// A := A - P D^-1 P^T,  P := P D^-1,  D := -D^-1, and after all sweeps the matrix is -A^-1.
class Sweep {
public:
    Sweep(MatrixRef matrix, const JobContext& job)
        : m_matrix(matrix), m_job(job), m_blocks(chunkCount(matrix.rows, blockRows)),
          m_right(Matrix::unset(m_blocks, blockCells)), m_left(Matrix::unset(m_blocks, blockCells)),
          m_pivot(1, blockCells)
    {
    }

    Status run(const std::function<void(std::size_t)>& after)
    {
        for (std::size_t pivot = 0; pivot < m_blocks; ++pivot) {
            if (const auto done = step(pivot); !done)
                return done;
            if (after)
                after(firstOf(pivot) + sizeOf(pivot));
        }
        return parallelFor(m_job, m_blocks, 1, [this](std::size_t block, std::size_t) { complete(block); });
    }

private:
    [[nodiscard]] static std::size_t firstOf(std::size_t block) { return block * blockRows; }
    [[nodiscard]] std::size_t sizeOf(std::size_t block) const
    {
        return std::min(blockRows, m_matrix.rows - firstOf(block));
    }
    /// The first element of a block.
    [[nodiscard]] float* at(std::size_t row, std::size_t column) const
    {
        return m_matrix.data + firstOf(row) * m_matrix.cols + firstOf(column);
    }

    Status step(std::size_t pivot)
    {
        if (const auto done = invertPivot(pivot); !done)
            return done;
        const auto panels = parallelFor(m_job, m_blocks, 1, [&](std::size_t block, std::size_t) {
            if (block != pivot)
                preparePanel(block, pivot);
        });
        if (!panels)
            return panels;
        return updateOthers(pivot);
    }

    // In double: it is a small part of the work, and errors made here spread to everything.
    Status invertPivot(std::size_t pivot)
    {
        const auto size = static_cast<Eigen::Index>(sizeOf(pivot));
        const auto stride = static_cast<Eigen::Index>(m_matrix.cols);
        using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        Eigen::Map<RowMajor, 0, Eigen::OuterStride<>> block(at(pivot, pivot), size, size, Eigen::OuterStride<>(stride));
        const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(block.cast<double>());
        if (factor.info() != Eigen::Success)
            return error(Code::Numeric, "The matrix is not positive definite", "Raise the regularization");
        block = -factor.solve(Eigen::MatrixXd::Identity(size, size)).cast<float>();
        sweep::packStrips(at(pivot, pivot), m_matrix.cols, sizeOf(pivot), sizeOf(pivot), sweep::stripCols,
                          m_pivot.all().data());
        return m_job.check();
    }

    /// Copies P of one block of rows for the products to come, and leaves P D^-1 in the matrix.
    void preparePanel(std::size_t block, std::size_t pivot)
    {
        Matrix scratch(3, blockCells); // where a thread works beside the matrix
        const std::size_t rows = sizeOf(block), depth = sizeOf(pivot);
        float* const panel = scratch.row(0).data();
        float* const packed = scratch.row(1).data();
        float* const product = scratch.row(2).data();
        const bool below = block > pivot;
        if (below)
            copy(at(block, pivot), m_matrix.cols, rows, depth, panel, blockRows);
        else
            transpose(at(pivot, block), m_matrix.cols, depth, rows, panel, blockRows);
        sweep::packStrips(panel, blockRows, rows, depth, sweep::stripCols, m_right.row(block).data());
        sweep::packStrips(panel, blockRows, rows, depth, sweep::stripRows, packed);
        // 0 - P (-D^-1)
        sweep::subtractProduct(packed, m_pivot.all().data(), depth, product, blockRows, rows, depth);
        sweep::packStrips(product, blockRows, rows, depth, sweep::stripRows, m_left.row(block).data());
        if (below)
            copy(product, blockRows, rows, depth, at(block, pivot), m_matrix.cols);
        else
            transpose(product, blockRows, rows, depth, at(pivot, block), m_matrix.cols);
    }

    Status updateOthers(std::size_t pivot)
    {
        std::vector<std::pair<std::size_t, std::size_t>> blocks;
        for (std::size_t row = 0; row < m_blocks; ++row)
            for (std::size_t column = 0; column <= row; ++column)
                if (row != pivot && column != pivot)
                    blocks.emplace_back(row, column);
        return parallelFor(m_job, blocks.size(), 1, [&](std::size_t index, std::size_t) {
            const auto [row, column] = blocks[index];
            sweep::subtractProduct(m_left.row(row).data(), m_right.row(column).data(), sizeOf(pivot), at(row, column),
                                   m_matrix.cols, sizeOf(row), sizeOf(column));
        });
    }

    /// Turns the signs of one row of blocks and copies it to the upper triangle.
    void complete(std::size_t block)
    {
        for (std::size_t row = firstOf(block); row < firstOf(block) + sizeOf(block); ++row)
            for (std::size_t column = 0; column <= row; ++column)
                m_matrix.row(row)[column] *= -1;
        for (std::size_t other = 0; other < block; ++other)
            transpose(at(block, other), m_matrix.cols, sizeOf(block), sizeOf(other), at(other, block), m_matrix.cols);
        for (std::size_t row = firstOf(block); row < firstOf(block) + sizeOf(block); ++row)
            for (std::size_t column = firstOf(block); column < row; ++column)
                m_matrix.row(column)[row] = m_matrix.row(row)[column];
    }

    static void copy(const float* from, std::size_t stride, std::size_t rows, std::size_t cols, float* to,
                     std::size_t toStride)
    {
        for (std::size_t row = 0; row < rows; ++row)
            std::copy_n(from + row * stride, cols, to + row * toStride);
    }

    // By small squares, so that neither side leaves the nearest cache.
    static void transpose(const float* from, std::size_t stride, std::size_t rows, std::size_t cols, float* to,
                          std::size_t toStride)
    {
        constexpr std::size_t square = 16;
        for (std::size_t r = 0; r < rows; r += square)
            for (std::size_t c = 0; c < cols; c += square)
                for (std::size_t row = r; row < std::min(rows, r + square); ++row)
                    for (std::size_t col = c; col < std::min(cols, c + square); ++col)
                        to[col * toStride + row] = from[row * stride + col];
    }

    MatrixRef m_matrix;
    const JobContext& m_job;
    std::size_t m_blocks;
    Matrix m_right; ///< row b: P of block b, packed
    Matrix m_left;  ///< row b: P D^-1 of block b, packed
    Matrix m_pivot; ///< -D^-1, packed
};

} // namespace

Status invertSymmetric(MatrixRef matrix, const JobContext& job, const std::function<void(std::size_t)>& after)
{
    return Sweep(matrix, job).run(after);
}

} // namespace orrery
