// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/als_wr_trainer.h"

#include "core/base/parallel.h"
#include "core/models/implicit/als_dense.h"
#include "core/models/implicit/als_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t rowGrain = 8;  // long rows take milliseconds each: cancelling must not wait for many
constexpr std::size_t tileRows = 64; // a tile of 64 x 64 fits the nearest cache

/// Vectors with the bias, where there is one, as their last coordinate; padded with zeros to the stride of als_dense.h.
class Side {
public:
    Side(std::size_t rows, std::size_t factors, bool biased)
        : m_rows(rows, als::paddedTo(factors + (biased ? 1 : 0))), m_factors(factors), m_biased(biased)
    {
    }

    [[nodiscard]] std::size_t stride() const { return m_rows.cols(); }
    [[nodiscard]] std::size_t width() const { return m_factors + (m_biased ? 1 : 0); }
    [[nodiscard]] std::span<float> row(std::size_t r) { return m_rows.row(r); }
    [[nodiscard]] std::span<const float> row(std::size_t r) const { return m_rows.row(r); }
    [[nodiscard]] float bias(std::size_t r) const { return m_biased ? m_rows.row(r)[m_factors] : 0; }

    /// What the other side's coordinates are multiplied by: the vector, and 1 for the other's bias.
    void copyFeatures(std::size_t r, float* to) const
    {
        std::ranges::copy(m_rows.row(r), to);
        if (m_biased)
            to[m_factors] = 1;
    }

    void takeInto(Matrix& vectors, std::vector<float>& biases) const
    {
        vectors = Matrix(m_rows.rows(), m_factors);
        biases.resize(m_rows.rows());
        for (std::size_t r = 0; r < m_rows.rows(); ++r) {
            std::ranges::copy(m_rows.row(r).first(m_factors), vectors.row(r).begin());
            biases[r] = bias(r);
        }
    }

private:
    Matrix m_rows;
    std::size_t m_factors;
    bool m_biased;
};

/// Solves rows of one side against the other; one a thread.
class RowSolver {
public:
    RowSolver(const Side& fixed, float mean, float lambda)
        : m_fixed(fixed), m_mean(mean), m_lambda(lambda), m_stride(fixed.stride()), m_system(m_stride, m_stride),
          m_tile(std::max(tileRows, m_stride), m_stride), m_panels(tileRows, m_stride), m_right(1, m_stride)
    {
    }

    /// Writes the row and gives the sum of its squared errors; NaN where the equations are not positive definite in
    /// float: then the ratings or lambda are out of all proportion. With X the features of the n ratings,
    ///     (X'X + lambda n I)^-1 X'e  =  X' (XX' + lambda n I)^-1 e,
    /// and the smaller of the two systems is solved.
    [[nodiscard]] double solve(SparseMatrix::Row ratings, std::span<float> out)
    {
        const float ridge = m_lambda * static_cast<float>(ratings.size());
        const std::size_t dual = als::paddedTo(ratings.size());
        return dual < m_stride ? solveDual(ratings, dual, ridge, out) : solvePrimal(ratings, ridge, out);
    }

private:
    [[nodiscard]] float target(SparseMatrix::Row ratings, std::size_t n) const
    {
        return ratings.values[n] - m_mean - m_fixed.bias(ratings.columns[n]);
    }

    /// The solution a of the system of ratings: the row is X'a, and the errors left are ridge a.
    [[nodiscard]] double solveDual(SparseMatrix::Row ratings, std::size_t stride, float ridge, std::span<float> out)
    {
        float *system = m_system.ref().data, *a = m_right.ref().data;
        const float* tile = m_tile.view().data;
        for (std::size_t n = 0; n < stride; ++n) {
            if (n < ratings.size())
                m_fixed.copyFeatures(ratings.columns[n], m_tile.row(n).data());
            else
                std::ranges::fill(m_tile.row(n), 0.F);
            a[n] = n < ratings.size() ? target(ratings, n) : 0.F;
        }
        for (std::size_t r = 0; r < stride; ++r)
            for (std::size_t c = r; c < stride; ++c)
                system[r * stride + c] =
                    als::dot(tile + r * m_stride, tile + c * m_stride, m_stride) + (r == c ? ridge : 0);
        if (!als::factorize(system, stride, m_panels.ref().data))
            return std::nan("");
        als::solveFactorized(system, stride, a);
        std::ranges::fill(out, 0.F);
        double squares = 0;
        for (std::size_t n = 0; n < ratings.size(); ++n) {
            for (std::size_t d = 0; d < m_stride; ++d)
                out[d] += a[n] * tile[n * m_stride + d];
            squares += std::pow(static_cast<double>(ridge) * static_cast<double>(a[n]), 2);
        }
        return squares;
    }

    [[nodiscard]] double solvePrimal(SparseMatrix::Row ratings, float ridge, std::span<float> out)
    {
        std::ranges::fill(m_system.all(), 0.F);
        std::ranges::fill(m_right.all(), 0.F);
        for (std::size_t first = 0; first < ratings.size(); first += tileRows)
            addTile(ratings, first, std::min(tileRows, ratings.size() - first));
        for (std::size_t d = 0; d < m_stride; ++d)
            m_system.row(d)[d] += d < m_fixed.width() ? ridge : 1.F;
        if (!als::factorize(m_system.ref().data, m_stride, m_panels.ref().data))
            return std::nan("");
        als::solveFactorized(m_system.view().data, m_stride, m_right.ref().data);
        std::ranges::copy(m_right.all(), out.begin());
        return squaresOf(ratings, out);
    }

    void addTile(SparseMatrix::Row ratings, std::size_t first, std::size_t count)
    {
        std::array<std::uint32_t, tileRows> rows;
        std::array<float, tileRows> ones, targets;
        for (std::uint32_t n = 0; n < count; ++n) {
            m_fixed.copyFeatures(ratings.columns[first + n], m_tile.row(n).data());
            rows[n] = n;
            ones[n] = 1;
            targets[n] = target(ratings, first + n);
        }
        const als::Gathered tile{m_tile.view().data, m_stride, std::span(rows).first(count), {}};
        als::packRows(tile, 0, count, 0, m_stride, {ones.data(), targets.data()}, m_panels.ref().data,
                      m_right.ref().data);
        als::addPanelProducts(m_panels.view().data, count, m_stride, m_system.ref().data);
    }

    [[nodiscard]] double squaresOf(SparseMatrix::Row ratings, std::span<const float> row)
    {
        double total = 0;
        for (std::size_t n = 0; n < ratings.size(); ++n) {
            m_fixed.copyFeatures(ratings.columns[n], m_tile.ref().data);
            const float miss = target(ratings, n) - als::dot(row.data(), m_tile.view().data, m_stride);
            total += static_cast<double>(miss) * static_cast<double>(miss);
        }
        return total;
    }

    const Side& m_fixed;
    float m_mean, m_lambda;
    std::size_t m_stride;
    Matrix m_system, m_tile, m_panels, m_right;
};

class Trainer {
public:
    Trainer(const SparseMatrix& ratings, const AlsWrConfig& config, const JobContext& job)
        : m_byPerson(ratings), m_byItem(ratings.transposed()), m_config(config), m_job(job), m_mean(meanOf(ratings)),
          m_people(ratings.rowCount(), static_cast<std::size_t>(config.factors), config.biases),
          m_items(ratings.columnCount, static_cast<std::size_t>(config.factors), config.biases)
    {
    }

    [[nodiscard]] Result<RatingFactors> run()
    {
        if (m_byPerson.size() == 0)
            return error(Code::InvalidArgument, "There are no ratings to learn from", "Import ratings first");
        initialize();
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
            if (const auto people = solveSide(m_byPerson, m_items, m_people); !people)
                return tl::unexpected(people.error());
            const auto squares = solveSide(m_byItem, m_people, m_items);
            if (!squares)
                return tl::unexpected(squares.error());
            m_job.measure("training RMSE", epoch, std::sqrt(*squares / static_cast<double>(m_byPerson.size())));
            m_job.offerVectors(epoch, [this] {
                RatingFactors factors;
                m_items.takeInto(factors.items, factors.itemBias);
                return std::move(factors.items);
            });
        }
        return collected();
    }

private:
    /// Rows without a rating stay zero.
    void initialize()
    {
        Rng rng = m_job.rng("als-wr.items");
        for (std::size_t item = 0; item < m_byItem.rowCount(); ++item)
            if (m_byItem.row(item).size() > 0)
                for (float& value : m_items.row(item).first(static_cast<std::size_t>(m_config.factors)))
                    value = static_cast<float>(rng.normal()) * m_config.initSpread;
    }

    /// Gives the sum of the squared errors after it.
    [[nodiscard]] Result<double> solveSide(const SparseMatrix& ratings, const Side& fixed, Side& solved) const
    {
        std::vector<double> squares(chunkCount(ratings.rowCount(), rowGrain));
        const auto done = parallelFor(m_job, ratings.rowCount(), rowGrain, [&](std::size_t first, std::size_t last) {
            RowSolver solver(fixed, static_cast<float>(m_mean), m_config.regularization);
            for (std::size_t row = first; row < last; ++row)
                if (ratings.row(row).size() > 0)
                    squares[first / rowGrain] += solver.solve(ratings.row(row), solved.row(row));
        });
        if (!done)
            return tl::unexpected(done.error());
        const double total = std::accumulate(squares.begin(), squares.end(), 0.0);
        if (!std::isfinite(total))
            return error(Code::Numeric, "Training failed: the equations of a row have no solution in numbers",
                         "Raise the regularization");
        return total;
    }

    [[nodiscard]] RatingFactors collected() const
    {
        RatingFactors factors;
        factors.mean = m_mean;
        m_people.takeInto(factors.people, factors.personBias);
        m_items.takeInto(factors.items, factors.itemBias);
        return factors;
    }

    const SparseMatrix& m_byPerson;
    SparseMatrix m_byItem;
    const AlsWrConfig& m_config;
    const JobContext& m_job;
    double m_mean;
    Side m_people, m_items;
};

} // namespace

Result<RatingFactors> trainAlsWr(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                 const AlsWrConfig& config, const JobContext& job)
{
    const SparseMatrix ratings = ratingsToLearn(interactions, heldOut);
    return Trainer(ratings, config, job).run();
}

} // namespace orrery
