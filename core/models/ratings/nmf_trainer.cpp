// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/nmf_trainer.h"

#include "core/base/parallel.h"
#include "core/models/ratings/sgd_kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using sgd::Lanes;
using sgd::Side;

constexpr std::size_t rowGrain = 32;

/// What a step of one side needs of the ratings: its rows, against the other side.
struct Step {
    const SparseMatrix& ratings;
    Side& fixed;
    Side& moved;
};

class Trainer {
public:
    Trainer(const SparseMatrix& ratings, const NmfConfig& config, const JobContext& job)
        : m_byPerson(ratings), m_byItem(ratings.transposed()), m_config(config), m_job(job),
          m_base(config.biases ? static_cast<float>(meanOf(ratings)) : 0),
          m_stride(sgd::strideOf(static_cast<std::size_t>(config.factors))), m_people(ratings.rowCount(), m_stride),
          m_items(ratings.columnCount, m_stride)
    {
    }

    [[nodiscard]] Result<RatingFactors> run()
    {
        if (m_byPerson.size() == 0)
            return error(Code::InvalidArgument, "There are no ratings to learn from", "Import ratings first");
        if (std::ranges::any_of(m_byPerson.values, [](float value) { return value < 0; }))
            return error(Code::InvalidArgument, "Non-negative factors cannot give ratings below 0",
                         "Shift the ratings, or choose SVD");
        initialize(m_people, m_byPerson, "nmf.people");
        initialize(m_items, m_byItem, "nmf.items");
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch)
            if (const auto done = runEpoch(epoch); !done)
                return tl::unexpected(done.error());
        return collected();
    }

private:
    /// Rows without a rating stay zero.
    void initialize(Side& side, const SparseMatrix& ratings, std::string_view stream) const
    {
        Rng rng = m_job.rng(stream);
        for (std::size_t row = 0; row < ratings.rowCount(); ++row)
            if (ratings.row(row).size() > 0)
                for (float& value : side.vectors.row(row).first(factors()))
                    value = static_cast<float>(rng.uniform()) * m_config.initHigh;
    }

    [[nodiscard]] Status runEpoch(int epoch)
    {
        m_job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
        if (const auto people = moveSide({m_byPerson, m_items, m_people}); !people)
            return tl::unexpected(people.error());
        const auto squares = moveSide({m_byItem, m_people, m_items});
        if (!squares)
            return tl::unexpected(squares.error());
        const double rmse = std::sqrt(*squares / static_cast<double>(m_byPerson.size()));
        if (!std::isfinite(rmse))
            return diverged(epoch);
        m_job.measure("training RMSE", epoch, rmse);
        m_job.offerVectors(epoch, [this] {
            RatingFactors factors;
            unpad(m_items, factors.items, factors.itemBias);
            return std::move(factors.items);
        });
        return {};
    }

    /// Gives the sum of the squared errors before it.
    [[nodiscard]] Result<double> moveSide(Step step) const
    {
        std::vector<double> squares(chunkCount(step.ratings.rowCount(), rowGrain));
        const auto done =
            parallelFor(m_job, step.ratings.rowCount(), rowGrain, [&](std::size_t first, std::size_t last) {
                Side sums(2, m_stride);
                for (std::size_t row = first; row < last; ++row)
                    if (step.ratings.row(row).size() > 0)
                        squares[first / rowGrain] += moveRow(step, row, sums);
            });
        if (!done)
            return tl::unexpected(done.error());
        return std::accumulate(squares.begin(), squares.end(), 0.0);
    }

    [[nodiscard]] double moveRow(Step step, std::size_t row, Side& sums) const
    {
        const auto ratings = step.ratings.row(row);
        const std::size_t n = m_stride / sgd::lanes;
        Lanes *given = sums.lanesOf(0), *predicted = sums.lanesOf(1), *p = step.moved.lanesOf(row);
        std::fill_n(given, 2 * n, Lanes{});
        double squares = 0, misses = 0;
        for (std::size_t c = 0; c < ratings.size(); ++c) {
            const std::uint32_t other = ratings.columns[c];
            const Lanes* q = step.fixed.lanesOf(other);
            const float guess = m_base + step.moved.bias[row] + step.fixed.bias[other] + sgd::dot(p, q, n);
            for (std::size_t i = 0; i < n; ++i) {
                given[i] += ratings.values[c] * q[i];
                predicted[i] += guess * q[i];
            }
            const double miss = static_cast<double>(ratings.values[c]) - static_cast<double>(guess);
            misses += miss;
            squares += miss * miss;
        }
        scale(step.moved.vectors.row(row), sums, static_cast<float>(ratings.size()) * m_config.regularization);
        if (m_config.biases)
            moveBias(step.moved.bias[row], misses, static_cast<double>(ratings.size()));
        return squares;
    }

    /// A guess may be negative where a bias is; a factor may not.
    static void scale(std::span<float> p, const Side& sums, float ridge)
    {
        const auto given = sums.vectors.row(0), predicted = sums.vectors.row(1);
        for (std::size_t c = 0; c < p.size(); ++c) {
            const float below = predicted[c] + ridge * p[c];
            p[c] = below > 0 ? p[c] * given[c] / below : 0;
        }
    }

    /// To the minimum of the squared errors + biasReg bias^2, the vectors held.
    void moveBias(float& bias, double misses, double count) const
    {
        const double old = static_cast<double>(bias);
        bias = static_cast<float>((misses + count * old) / (count + static_cast<double>(m_config.biasReg)));
    }

    [[nodiscard]] Result<RatingFactors> collected() const
    {
        RatingFactors factors;
        factors.mean = m_base;
        unpad(m_people, factors.people, factors.personBias);
        unpad(m_items, factors.items, factors.itemBias);
        if (!isFinite(factors))
            return diverged(m_config.epochs);
        return factors;
    }

    void unpad(const Side& side, Matrix& vectors, std::vector<float>& bias) const
    {
        vectors = Matrix(side.vectors.rows(), factors());
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            std::ranges::copy(side.vectors.row(row).first(factors()), vectors.row(row).begin());
        bias = side.bias;
    }

    [[nodiscard]] static tl::unexpected<Error> diverged(int epoch)
    {
        return error(Code::Numeric,
                     fmt::format("Training diverged in epoch {}: the error is no longer a number", epoch),
                     "Raise the regularization");
    }

    [[nodiscard]] std::size_t factors() const { return static_cast<std::size_t>(m_config.factors); }

    const SparseMatrix& m_byPerson;
    SparseMatrix m_byItem;
    const NmfConfig& m_config;
    const JobContext& m_job;
    float m_base; ///< what every prediction begins with
    std::size_t m_stride;
    Side m_people, m_items;
};

} // namespace

Result<RatingFactors> trainNmf(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                               const NmfConfig& config, const JobContext& job)
{
    const SparseMatrix ratings = ratingsToLearn(interactions, heldOut);
    return Trainer(ratings, config, job).run();
}

} // namespace orrery
