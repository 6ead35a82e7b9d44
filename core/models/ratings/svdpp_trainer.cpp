// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/svdpp_trainer.h"

#include "core/models/ratings/sgd_kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

using sgd::Cell;
using sgd::Lanes;
using sgd::Side;

constexpr std::size_t nearBytes = 1 << 18; // of items, and again of implicit vectors: half of a second cache

/// out += the rows of the cells' items. Four at a time, so that the sum waits for memory a quarter as often.
void addRows(std::span<const Cell> cells, Side& rows, Lanes* __restrict out)
{
    const std::size_t n = rows.vectors.cols() / sgd::lanes;
    std::size_t c = 0;
    for (; c + 4 <= cells.size(); c += 4) {
        const Lanes *a = rows.lanesOf(cells[c].item), *b = rows.lanesOf(cells[c + 1].item);
        const Lanes *d = rows.lanesOf(cells[c + 2].item), *e = rows.lanesOf(cells[c + 3].item);
        for (std::size_t i = 0; i < n; ++i)
            out[i] += (a[i] + b[i]) + (d[i] + e[i]);
    }
    for (; c < cells.size(); ++c)
        for (std::size_t i = 0; i < n; ++i)
            out[i] += rows.lanesOf(cells[c].item)[i];
}

/// Each row of the cells' items becomes keep times itself plus `gain`.
void moveRows(std::span<const Cell> cells, Side& rows, float keep, const Lanes* __restrict gain)
{
    const std::size_t n = rows.vectors.cols() / sgd::lanes;
    for (const Cell& cell : cells) {
        Lanes* row = rows.lanesOf(cell.item);
        for (std::size_t i = 0; i < n; ++i)
            row[i] = keep * row[i] + gain[i];
    }
}

class Trainer {
public:
    Trainer(const SparseMatrix& ratings, const SvdppConfig& config, const JobContext& job)
        : m_ratings(ratings), m_config(config), m_job(job), m_mean(meanOf(ratings)),
          m_stride(sgd::strideOf(static_cast<std::size_t>(config.factors))), m_people(ratings.rowCount(), m_stride),
          m_items(ratings.columnCount, m_stride), m_implicit(ratings.columnCount, m_stride), m_rows(4, m_stride),
          m_far(ratings.columnCount * m_stride * sizeof(float) > nearBytes)
    {
    }

    [[nodiscard]] Result<RatingFactors> run()
    {
        if (m_ratings.size() == 0)
            return error(Code::InvalidArgument, "There are no ratings to learn from", "Import ratings first");
        orderCells();
        initialize();
        if (const auto done = runEpochs(); !done)
            return tl::unexpected(done.error());
        return collected();
    }

private:
    /// Person after person, and each person's items, in seeded order.
    void orderCells()
    {
        std::vector<std::uint32_t> people(m_ratings.rowCount());
        std::iota(people.begin(), people.end(), 0U);
        Rng rng = m_job.rng("svdpp.order");
        rng.shuffle(std::span(people));
        m_cells.reserve(m_ratings.size());
        for (const std::uint32_t person : people) {
            const auto row = m_ratings.row(person);
            const std::size_t first = m_cells.size();
            for (std::size_t n = 0; n < row.size(); ++n)
                m_cells.push_back(
                    {person, row.columns[n], static_cast<float>(static_cast<double>(row.values[n]) - m_mean)});
            rng.shuffle(std::span(m_cells).subspan(first));
        }
    }

    /// Rows without a rating stay zero: noise must not look like knowledge.
    void initialize()
    {
        std::vector<bool> rated(m_ratings.columnCount);
        for (const std::uint32_t item : m_ratings.columns)
            rated[item] = true;
        Rng people = m_job.rng("svdpp.people"), items = m_job.rng("svdpp.items"),
            implicit = m_job.rng("svdpp.implicit");
        for (std::size_t person = 0; person < m_ratings.rowCount(); ++person)
            if (m_ratings.row(person).size() > 0)
                draw(people, m_people.vectors.row(person));
        for (std::size_t item = 0; item < rated.size(); ++item) {
            if (!rated[item])
                continue;
            draw(items, m_items.vectors.row(item));
            draw(implicit, m_implicit.vectors.row(item));
        }
    }

    void draw(Rng& rng, std::span<float> row) const
    {
        for (float& value : row.first(factors()))
            value = static_cast<float>(rng.normal()) * m_config.initSpread;
    }

    [[nodiscard]] Status runEpochs()
    {
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
            const double squares = runEpoch(stepsOf(epoch));
            if (const auto alive = m_job.check(); !alive)
                return alive;
            const double rmse = std::sqrt(squares / static_cast<double>(m_cells.size()));
            if (!std::isfinite(rmse))
                return diverged(epoch);
            m_job.measure("training RMSE", epoch, rmse);
            m_job.offerVectors(epoch, [this] { return withoutPadding(m_items); });
        }
        return {};
    }

    [[nodiscard]] sgd::Steps stepsOf(int epoch) const
    {
        const float rate = sgd::rateOf(epoch, m_config.epochs, m_config.learningRate, m_config.finalRate);
        return {rate, 1 - rate * m_config.regularization, rate, 1 - rate * m_config.biasRegularization, 2};
    }

    [[nodiscard]] double runEpoch(const sgd::Steps& steps)
    {
        double squares = 0;
        for (std::size_t first = 0, last = 0; first < m_cells.size() && !m_job.cancelled(); first = last) {
            while (last < m_cells.size() && m_cells[last].person == m_cells[first].person)
                ++last;
            squares += runPerson(std::span(m_cells).subspan(first, last - first), steps);
        }
        return squares;
    }

    [[nodiscard]] double runPerson(std::span<const Cell> cells, const sgd::Steps& steps)
    {
        const std::size_t n = m_stride / sgd::lanes;
        Lanes *zero = m_rows.lanesOf(0), *begin = m_rows.lanesOf(1), *w = m_rows.lanesOf(2), *gain = m_rows.lanesOf(3);
        Lanes* p = m_people.lanesOf(cells.front().person);
        implicitPart(cells, begin);
        for (std::size_t i = 0; i < n; ++i)
            w[i] = begin[i] += p[i];
        const double squares = sgd::descend(cells, w, m_people.bias[cells.front().person], m_items, zero, m_far, steps);
        const float keep = std::pow(steps.keep, static_cast<float>(cells.size()));
        const float share = 1 / std::sqrt(static_cast<float>(cells.size()));
        for (std::size_t i = 0; i < n; ++i) {
            const Lanes moved = .5F * (w[i] - keep * begin[i]);
            p[i] = keep * p[i] + moved;
            gain[i] = share * moved;
        }
        moveRows(cells, m_implicit, keep, gain);
        return squares;
    }

    /// out = z
    void implicitPart(std::span<const Cell> cells, Lanes* out)
    {
        const std::size_t n = m_stride / sgd::lanes;
        std::fill_n(out, n, Lanes{});
        addRows(cells, m_implicit, out);
        const float share = 1 / std::sqrt(static_cast<float>(cells.size()));
        for (std::size_t i = 0; i < n; ++i)
            out[i] *= share;
    }

    [[nodiscard]] Result<RatingFactors> collected()
    {
        for (std::size_t first = 0, last = 0; first < m_cells.size(); first = last) {
            while (last < m_cells.size() && m_cells[last].person == m_cells[first].person)
                ++last;
            implicitPart(std::span(m_cells).subspan(first, last - first), m_rows.lanesOf(1));
            for (std::size_t i = 0; i < m_stride / sgd::lanes; ++i)
                m_people.lanesOf(m_cells[first].person)[i] += m_rows.lanesOf(1)[i];
        }
        RatingFactors factors{m_mean,       withoutPadding(m_people),  withoutPadding(m_items), m_people.bias,
                              m_items.bias, withoutPadding(m_implicit)};
        if (!isFinite(factors)) // the last steps may have run away without showing in the loss yet
            return diverged(m_config.epochs);
        return factors;
    }

    [[nodiscard]] Matrix withoutPadding(const Side& side) const
    {
        Matrix vectors(side.vectors.rows(), factors());
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            std::ranges::copy(side.vectors.row(row).first(factors()), vectors.row(row).begin());
        return vectors;
    }

    [[nodiscard]] static tl::unexpected<Error> diverged(int epoch)
    {
        return error(Code::Numeric,
                     fmt::format("Training diverged in epoch {}: the error is no longer a number", epoch),
                     "Lower the learning rate");
    }

    [[nodiscard]] std::size_t factors() const { return static_cast<std::size_t>(m_config.factors); }

    const SparseMatrix& m_ratings;
    const SvdppConfig& m_config;
    const JobContext& m_job;
    double m_mean;
    std::size_t m_stride;
    std::vector<Cell> m_cells;
    Side m_people, m_items, m_implicit; ///< the bias of m_implicit is not used
    Side m_rows;                        ///< a row of zeros, and room for what one person needs
    bool m_far;
};

} // namespace

Result<RatingFactors> trainSvdpp(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                                 const SvdppConfig& config, const JobContext& job)
{
    const SparseMatrix ratings = ratingsToLearn(interactions, heldOut);
    return Trainer(ratings, config, job).run();
}

} // namespace orrery
