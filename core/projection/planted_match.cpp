// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/planted_match.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <Eigen/Dense>

namespace orrery {
namespace {

constexpr std::size_t rowsAtOnce = 2048;
constexpr double independent = 1e-10; // eigenvalues below this share of the first are none

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Of factors and dimensions, over the items: sums of products of differences from the mean.
struct Moments {
    Eigen::MatrixXd factors; ///< [factors x factors]
    Eigen::MatrixXd cross;   ///< [factors x dimensions]
    Eigen::VectorXd planted; ///< of each dimension with itself
};

std::vector<std::size_t> knownRows(MatrixView vectors, MatrixView planted)
{
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < std::min(vectors.rows, planted.rows); ++row)
        if (std::ranges::any_of(vectors.row(row), [](float value) { return value != 0; }))
            rows.push_back(row);
    return rows;
}

Rows gathered(MatrixView from, std::span<const std::size_t> rows)
{
    Rows out(rows.size(), from.cols);
    for (std::size_t i = 0; i < rows.size(); ++i)
        out.row(static_cast<Eigen::Index>(i)) =
            Eigen::Map<const Eigen::RowVectorXf>(from.row(rows[i]).data(), static_cast<Eigen::Index>(from.cols))
                .cast<double>();
    return out;
}

/// Calls `take(factors, dimensions)` for some of the rows after the other.
template <class Take> Status forBlocks(MatrixView vectors, MatrixView planted, std::span<const std::size_t> rows,
                                       const JobContext& job, const Take& take)
{
    for (std::size_t begin = 0; begin < rows.size(); begin += rowsAtOnce) {
        if (const auto goesOn = job.check(); !goesOn)
            return goesOn;
        const auto some = rows.subspan(begin, std::min(rowsAtOnce, rows.size() - begin));
        take(gathered(vectors, some), gathered(planted, some));
    }
    return {};
}

Result<Moments> momentsOf(MatrixView vectors, MatrixView planted, std::span<const std::size_t> rows,
                          const JobContext& job)
{
    const auto factors = static_cast<Eigen::Index>(vectors.cols), dimensions = static_cast<Eigen::Index>(planted.cols);
    Eigen::RowVectorXd meanFactors = Eigen::RowVectorXd::Zero(factors);
    Eigen::RowVectorXd meanPlanted = Eigen::RowVectorXd::Zero(dimensions);
    auto done = forBlocks(vectors, planted, rows, job, [&](const Rows& x, const Rows& y) {
        meanFactors += x.colwise().sum();
        meanPlanted += y.colwise().sum();
    });
    meanFactors /= static_cast<double>(rows.size());
    meanPlanted /= static_cast<double>(rows.size());
    Moments moments{Eigen::MatrixXd::Zero(factors, factors), Eigen::MatrixXd::Zero(factors, dimensions),
                    Eigen::VectorXd::Zero(dimensions)};
    done = done.and_then([&] {
        return forBlocks(vectors, planted, rows, job, [&](Rows x, Rows y) {
            x.rowwise() -= meanFactors;
            y.rowwise() -= meanPlanted;
            moments.factors.noalias() += x.transpose() * x;
            moments.cross.noalias() += x.transpose() * y;
            moments.planted += y.colwise().squaredNorm().transpose();
        });
    });
    return done.map([&] { return std::move(moments); });
}

Eigen::MatrixXd correlationsOf(const Moments& moments)
{
    Eigen::MatrixXd r = moments.cross;
    for (Eigen::Index f = 0; f < r.rows(); ++f)
        for (Eigen::Index d = 0; d < r.cols(); ++d) {
            const double product = moments.factors(f, f) * moments.planted(d);
            r(f, d) = product > 0 ? r(f, d) / std::sqrt(product) : 0;
        }
    return r;
}

std::vector<double> explainedOf(const Moments& moments, std::size_t items)
{
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments.factors);
    const Eigen::VectorXd& scales = solver.eigenvalues(); // ascending
    const Eigen::MatrixXd turned = solver.eigenvectors().transpose() * moments.cross;
    const double least = independent * scales(scales.size() - 1);
    const auto freedom = static_cast<double>((scales.array() > least).count());
    std::vector<double> out;
    for (Eigen::Index d = 0; d < turned.cols(); ++d) {
        double sum = 0;
        for (Eigen::Index f = 0; f < turned.rows(); ++f)
            sum += scales(f) > least ? turned(f, d) * turned(f, d) / scales(f) : 0;
        const double left = 1 - sum / moments.planted(d);
        const auto n = static_cast<double>(items);
        out.push_back(moments.planted(d) > 0 ? 1 - left * (n - 1) / (n - freedom - 1)
                                             : std::numeric_limits<double>::quiet_NaN());
    }
    return out;
}

/// For each row, the column that is its own, so that the sum of `gain` over the pairs is the greatest: shortest
/// augmenting paths with potentials, O(rows^2 columns). There are at least as many columns as rows.
std::vector<Eigen::Index> bestPairs(const Eigen::MatrixXd& gain)
{
    const Eigen::Index rows = gain.rows(), columns = gain.cols();
    constexpr double far = std::numeric_limits<double>::infinity();
    // Row and column 0 are none; a column's row is the one that has it.
    std::vector<double> ofRow(static_cast<std::size_t>(rows) + 1), ofColumn(static_cast<std::size_t>(columns) + 1);
    std::vector<std::size_t> rowOf(ofColumn.size()), before(ofColumn.size());
    for (std::size_t row = 1; row < ofRow.size(); ++row) {
        std::vector<double> nearest(ofColumn.size(), far);
        std::vector<bool> reached(ofColumn.size());
        std::size_t at = 0;
        rowOf[0] = row;
        do {
            reached[at] = true;
            std::size_t next = 0;
            double step = far;
            for (std::size_t c = 1; c < ofColumn.size(); ++c) {
                if (reached[c])
                    continue;
                const double cost = -gain(static_cast<Eigen::Index>(rowOf[at]) - 1, static_cast<Eigen::Index>(c) - 1) -
                                    ofRow[rowOf[at]] - ofColumn[c];
                if (cost < nearest[c]) {
                    nearest[c] = cost;
                    before[c] = at;
                }
                if (nearest[c] < step) {
                    step = nearest[c];
                    next = c;
                }
            }
            for (std::size_t c = 0; c < ofColumn.size(); ++c) {
                if (reached[c]) {
                    ofRow[rowOf[c]] += step;
                    ofColumn[c] -= step;
                } else {
                    nearest[c] -= step;
                }
            }
            at = next;
        } while (rowOf[at] != 0);
        for (; at != 0; at = before[at])
            rowOf[at] = rowOf[before[at]];
    }
    std::vector<Eigen::Index> columnOf(static_cast<std::size_t>(rows));
    for (std::size_t c = 1; c < rowOf.size(); ++c)
        if (rowOf[c] != 0)
            columnOf[rowOf[c] - 1] = static_cast<Eigen::Index>(c) - 1;
    return columnOf;
}

std::vector<PlantedMatch> matchesOf(const Eigen::MatrixXd& r)
{
    const bool turned = r.rows() > r.cols();
    const Eigen::MatrixXd strength = r.cwiseAbs();
    const auto pairs = bestPairs(turned ? Eigen::MatrixXd(strength.transpose()) : strength);
    std::vector<PlantedMatch> out;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto other = static_cast<std::size_t>(pairs[i]);
        PlantedMatch match{turned ? other : i, turned ? i : other, 0};
        match.r = r(static_cast<Eigen::Index>(match.factor), static_cast<Eigen::Index>(match.dimension));
        out.push_back(match);
    }
    std::ranges::stable_sort(out, std::greater(), [](const PlantedMatch& match) { return std::abs(match.r); });
    return out;
}

} // namespace

Result<PlantedComparison> comparePlanted(MatrixView vectors, const PlantedItems& planted, const JobContext& job)
{
    const auto rows = knownRows(vectors, planted.view());
    if (vectors.cols == 0 || rows.size() < vectors.cols + 2)
        return error(Code::InvalidArgument, "There are too few items to compare so many factors with what was planted",
                     "Train a model of fewer factors, or generate more items");
    const auto moments = momentsOf(vectors, planted.view(), rows, job);
    if (!moments)
        return tl::unexpected(moments.error());
    PlantedComparison out{matchesOf(correlationsOf(*moments)), explainedOf(*moments, rows.size()), 0, rows.size()};
    std::size_t varying = 0;
    for (const double share : out.explained)
        if (!std::isnan(share)) {
            out.meanExplained += share;
            ++varying;
        }
    if (varying == 0 || !(moments->factors.trace() > 0))
        return error(Code::InvalidArgument, "Nothing that was planted, or nothing that was learnt, varies",
                     "Choose another world or model");
    out.meanExplained /= static_cast<double>(varying);
    return out;
}

} // namespace orrery
