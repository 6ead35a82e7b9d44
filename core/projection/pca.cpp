// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/pca.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace orrery {
namespace {

constexpr std::size_t largestExact = 512, rowsPerBlock = 256, mostParts = 16;
constexpr Eigen::Index subspace = 12;
constexpr int mostPasses = 300;

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The vectors around their mean, read in blocks of rows.
class Centred {
public:
    Centred(MatrixView vectors, SpaceMetric metric, const JobContext& job)
        : m_vectors(vectors), m_job(job), m_grain(std::max<std::size_t>(1024, chunkCount(vectors.rows, mostParts))),
          m_mean(Eigen::RowVectorXd::Zero(static_cast<Eigen::Index>(vectors.cols)))
    {
        if (metric == SpaceMetric::Cosine)
            findScales();
    }

    [[nodiscard]] std::size_t columns() const { return m_vectors.cols; }

    [[nodiscard]] Status findMean()
    {
        return sum<Eigen::RowVectorXd>(
                   m_mean, [](const RowMatrix& block, Eigen::RowVectorXd& into) { into += block.colwise().sum(); })
            .map([this] { m_mean /= static_cast<double>(m_vectors.rows); });
    }

    /// Adds what `add(block, into)` makes of each block to `total`, in the same order on any number of threads.
    template <class Total, class Add> [[nodiscard]] Status sum(Total& total, const Add& add) const
    {
        std::vector<Total> parts(chunkCount(m_vectors.rows, m_grain), total);
        const auto done =
            forEachBlock([&](std::size_t first, const RowMatrix& block) { add(block, parts[first / m_grain]); });
        for (const Total& part : parts)
            total += part;
        return done;
    }

    /// visit(first row, block); the blocks of a part one after the other.
    [[nodiscard]] Status forEachBlock(const std::function<void(std::size_t, const RowMatrix&)>& visit) const
    {
        return parallelFor(m_job, m_vectors.rows, m_grain, [&](std::size_t first, std::size_t last) {
            RowMatrix block;
            for (std::size_t row = first; row < last && !m_job.cancelled(); row += rowsPerBlock) {
                read(row, std::min(last, row + rowsPerBlock), block);
                visit(row, block);
            }
        });
    }

private:
    void findScales()
    {
        m_scales.reserve(m_vectors.rows);
        for (std::size_t row = 0; row < m_vectors.rows; ++row) {
            double square = 0;
            for (const float value : m_vectors.row(row))
                square += static_cast<double>(value) * static_cast<double>(value);
            m_scales.push_back(square > 0 ? 1 / std::sqrt(square) : 0);
        }
    }

    void read(std::size_t first, std::size_t last, RowMatrix& block) const
    {
        const auto rows = static_cast<Eigen::Index>(last - first), columns = m_mean.size();
        using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        block = Eigen::Map<const Floats>(m_vectors.row(first).data(), rows, columns).cast<double>();
        for (Eigen::Index row = 0; row < rows && !m_scales.empty(); ++row)
            block.row(row) *= m_scales[first + static_cast<std::size_t>(row)];
        block.rowwise() -= m_mean;
    }

    MatrixView m_vectors;
    const JobContext& m_job;
    std::size_t m_grain;
    Eigen::RowVectorXd m_mean;
    std::vector<double> m_scales; ///< of Cosine only
};

/// The first two directions, columns of length 1, and their variances (as sums).
struct Directions {
    Eigen::MatrixXd columns;
    Eigen::VectorXd variances;
};

Directions largestOf(const Eigen::MatrixXd& symmetric)
{
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
    const Eigen::Index wanted = std::min<Eigen::Index>(2, symmetric.cols());
    return {solver.eigenvectors().rightCols(wanted).rowwise().reverse(), solver.eigenvalues().tail(wanted).reverse()};
}

Result<Directions> exactDirections(const Centred& centred)
{
    const auto columns = static_cast<Eigen::Index>(centred.columns());
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(columns, columns);
    return centred
        .sum(covariance,
             [](const RowMatrix& block, Eigen::MatrixXd& into) {
                 into.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose());
             })
        .map([&] { return largestOf(covariance); });
}

Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& columns)
{
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(columns);
    return qr.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
}

Result<Directions> iteratedDirections(const Centred& centred, const JobContext& job)
{
    Rng rng = job.rng("pca");
    Eigen::MatrixXd basis(static_cast<Eigen::Index>(centred.columns()), subspace);
    std::generate_n(basis.data(), basis.size(), [&] { return rng.normal(); });
    basis = orthonormal(basis);
    Directions last;
    for (int pass = 0; pass < mostPasses; ++pass) {
        Eigen::MatrixXd product = Eigen::MatrixXd::Zero(basis.rows(), basis.cols());
        const auto done = centred.sum(product, [&](const RowMatrix& block, Eigen::MatrixXd& into) {
            into.noalias() += block.transpose() * (block * basis);
        });
        if (!done)
            return tl::unexpected(done.error());
        const Directions inside = largestOf(basis.transpose() * product);
        Directions found{basis * inside.columns, inside.variances};
        const bool still =
            pass > 0 && (found.columns.cwiseProduct(last.columns).colwise().sum().cwiseAbs().array() > 1 - 1e-12).all();
        last = std::move(found);
        if (still)
            break;
        basis = orthonormal(product);
    }
    return last;
}

void fixSigns(Eigen::MatrixXd& columns)
{
    for (Eigen::Index c = 0; c < columns.cols(); ++c) {
        Eigen::Index largest = 0;
        columns.col(c).cwiseAbs().maxCoeff(&largest);
        if (columns(largest, c) < 0)
            columns.col(c) *= -1;
    }
}

Result<Layout> run(const ProjectionInput& input, const ParamSet&, const JobContext& job)
{
    return principalComponents(input.vectors, input.metric, job).map([](auto&& found) {
        return std::move(found.layout);
    });
}

Cost estimate(std::size_t rows, std::size_t length, const ParamSet&)
{
    const auto n = static_cast<double>(rows), d = static_cast<double>(length);
    return {n * d * d * 4e-10 + n * d * 4e-9 + d * d * d * 1e-9,
            rows * (sizeof(MapPoint) + sizeof(double)) + mostParts * length * length * sizeof(double)};
}

} // namespace

Result<PrincipalComponents> principalComponents(MatrixView vectors, SpaceMetric metric, const JobContext& job)
{
    PrincipalComponents found{Layout(vectors.rows)};
    if (vectors.empty())
        return found;
    job.progress(0, "principal components");
    Centred centred(vectors, metric, job);
    if (const auto done = centred.findMean(); !done)
        return tl::unexpected(done.error());
    double total = 0;
    if (const auto done = centred.sum(total, [](const RowMatrix& b, double& into) { into += b.squaredNorm(); }); !done)
        return tl::unexpected(done.error());
    auto directions = vectors.cols <= largestExact ? exactDirections(centred) : iteratedDirections(centred, job);
    if (!directions)
        return tl::unexpected(directions.error());
    fixSigns(directions->columns);
    for (Eigen::Index axis = 0; axis < directions->variances.size() && total > 0; ++axis)
        found.explained[static_cast<std::size_t>(axis)] = std::clamp(directions->variances[axis] / total, 0., 1.);
    const auto done = centred.forEachBlock([&](std::size_t first, const RowMatrix& block) {
        const Eigen::MatrixXd places = block * directions->columns;
        for (Eigen::Index row = 0; row < places.rows(); ++row)
            found.layout[first + static_cast<std::size_t>(row)] = {
                static_cast<float>(places(row, 0)), places.cols() > 1 ? static_cast<float>(places(row, 1)) : 0.F};
    });
    if (!done)
        return tl::unexpected(done.error());
    return found;
}

ProjectionMethod pcaMethod()
{
    return {
        .id = "pca",
        .title = "Principal components",
        .summary = "Looks at the vectors from the side from which they differ most. A straight shadow of them: "
                   "large distances are right, small ones need not be.",
        .whenToUse = "First, as it is there at once, and to compare several models or epochs: nothing in it is chance",
        .paper = "K. Pearson, On Lines and Planes of Closest Fit to Systems of Points in Space, Phil. Mag. 1901",
        .run = run,
        .estimate = estimate,
    };
}

} // namespace orrery
