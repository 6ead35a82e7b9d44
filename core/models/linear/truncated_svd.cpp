// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/linear/truncated_svd.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <fmt/format.h>

namespace orrery {
namespace {

using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr std::size_t rowsPerChunk = 256;

/// out = matrix * in
Status multiply(const SparseMatrix& matrix, const Block& in, Block& out, const JobContext& job)
{
    out.resize(static_cast<Eigen::Index>(matrix.rowCount()), in.cols());
    return parallelFor(job, matrix.rowCount(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t r = first; r < last && !job.cancelled(); ++r) {
            auto sum = out.row(static_cast<Eigen::Index>(r));
            sum.setZero();
            const auto row = matrix.row(r);
            for (std::size_t i = 0; i < row.size(); ++i)
                sum += static_cast<double>(row.values[i]) * in.row(static_cast<Eigen::Index>(row.columns[i]));
        }
    });
}

double squaredNorm(const SparseMatrix& matrix)
{
    double sum = 0;
    for (const float value : matrix.values)
        sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
}

class Iteration {
public:
    Iteration(const SparseMatrix& matrix, const SvdSettings& settings, const JobContext& job)
        : m_matrix(matrix), m_turned(matrix.transposed()), m_settings(settings), m_job(job),
          m_whole(squaredNorm(matrix)), m_wanted(std::min(settings.rank, matrix.columnCount))
    {
        // More columns than are wanted: the gap that decides how quickly the last wanted one is found.
        const std::size_t width = std::min(matrix.columnCount, m_wanted + std::max<std::size_t>(10, m_wanted / 2));
        m_vectors.resize(static_cast<Eigen::Index>(matrix.columnCount), static_cast<Eigen::Index>(width));
        Rng rng(seedFor(1, "svd.start")); // whatever the job's: the start is forgotten when the vectors are found
        for (Eigen::Index i = 0; i < m_vectors.size(); ++i)
            m_vectors.data()[i] = rng.normal();
    }

    Result<TruncatedSvd> run()
    {
        orthonormalize();
        for (int round = 1;; ++round) {
            if (const auto done = project(); !done)
                return tl::unexpected(done.error());
            report(round);
            if (round >= m_settings.rounds || converged())
                return result();
            if (const auto done = filter(); !done)
                return tl::unexpected(done.error());
            orthonormalize();
        }
    }

private:
    /// out = X^T X in
    Status apply(const Block& in, Block& out)
    {
        if (const auto done = multiply(m_matrix, in, m_people, m_job); !done)
            return done;
        return multiply(m_turned, m_people, out, m_job);
    }

    void orthonormalize()
    {
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(m_vectors);
        m_vectors = qr.householderQ() * Eigen::MatrixXd::Identity(m_vectors.rows(), m_vectors.cols());
    }

    /// The best approximations within the block (Rayleigh-Ritz), largest first.
    Status project()
    {
        if (const auto done = apply(m_vectors, m_images); !done)
            return done;
        const Eigen::MatrixXd inside = m_vectors.transpose() * m_images;
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver((inside + inside.transpose()) / 2);
        const Eigen::MatrixXd turn = solver.eigenvectors().rowwise().reverse();
        m_squares = solver.eigenvalues().reverse();
        m_vectors *= turn;
        m_images *= turn;
        return m_job.check();
    }

    [[nodiscard]] bool converged() const
    {
        const double allowed = m_settings.precision * m_squares[0];
        for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(m_wanted); ++i)
            if ((m_images.col(i) - m_squares[i] * m_vectors.col(i)).norm() > allowed)
                return false;
        return true;
    }

    /// Multiplies the block by a Chebyshev polynomial of X^T X that is small between 0 and the least of the block.
    Status filter()
    {
        const double least = std::max(m_squares[m_squares.size() - 1], 1e-14 * m_squares[0]);
        Block before = m_vectors;
        Block now = m_images * (2 / least) - m_vectors;
        for (int degree = degreeFor(m_squares[0] / least); degree > 1; --degree) {
            if (const auto done = apply(now, m_images); !done)
                return done;
            before = (m_images * (2 / least) - now) * 2 - before;
            std::swap(before, now);
        }
        m_vectors = now.array().rowwise() / now.colwise().norm().array();
        return {};
    }

    // A filter that lifts the first vector too far above the last would drown the last in the first's rounding.
    [[nodiscard]] static int degreeFor(double ratio)
    {
        const double growth = std::acosh(std::max(1.0, 2 * ratio - 1));
        return std::clamp(static_cast<int>(std::log(1e8) / std::max(growth, 1e-3)), 1, 10);
    }

    void report(int round)
    {
        const double found = m_squares.head(static_cast<Eigen::Index>(m_wanted)).sum();
        m_job.measure("training loss", round, m_whole > 0 ? 1 - found / m_whole : 0);
        m_job.progress(1 - 1 / (1 + round / 4.0), fmt::format("round {}", round));
    }

    [[nodiscard]] TruncatedSvd result() const
    {
        TruncatedSvd svd;
        for (std::size_t i = 0; i < m_wanted; ++i)
            if (const double square = m_squares[static_cast<Eigen::Index>(i)]; square > 1e-14 * m_squares[0])
                svd.values.push_back(std::sqrt(square));
        svd.right = Matrix(m_matrix.columnCount, svd.values.size());
        for (std::size_t i = 0; i < svd.values.size(); ++i) {
            const auto vector = m_vectors.col(static_cast<Eigen::Index>(i));
            Eigen::Index largest = 0;
            vector.cwiseAbs().maxCoeff(&largest);
            const double sign = vector[largest] < 0 ? -1 : 1;
            for (std::size_t item = 0; item < svd.right.rows(); ++item)
                svd.right.row(item)[i] = static_cast<float>(sign * vector[static_cast<Eigen::Index>(item)]);
        }
        return svd;
    }

    const SparseMatrix& m_matrix;
    SparseMatrix m_turned;
    SvdSettings m_settings;
    const JobContext& m_job;
    double m_whole;
    std::size_t m_wanted;
    Block m_vectors; ///< [items x width], orthonormal columns
    Block m_images;  ///< X^T X times them
    Block m_people;
    Eigen::VectorXd m_squares; ///< of the singular values, falling
};

} // namespace

Result<TruncatedSvd> truncatedSvd(const SparseMatrix& matrix, const SvdSettings& settings, const JobContext& job)
{
    if (squaredNorm(matrix) == 0)
        return TruncatedSvd{{}, Matrix(matrix.columnCount, 0)};
    return Iteration(matrix, settings, job).run();
}

} // namespace orrery
