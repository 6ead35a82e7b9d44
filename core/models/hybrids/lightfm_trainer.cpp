// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/lightfm_trainer.h"

#include "core/models/implicit/adagrad.h"
#include "core/models/implicit/als_kernels.h"
#include "core/models/implicit/row_filter.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr int mostRejections = 16; ///< of drawn items that were liked, before a step is left out
constexpr std::size_t cellsPerCheck = 64;
constexpr std::size_t fewestBetweenSums = 256; ///< cells

/// Vectors of features, and their biases.
struct Vectors : adagrad::Vectors {
    std::vector<float> bias, biasSeen;

    Vectors(std::size_t features, std::size_t stride)
        : adagrad::Vectors(features, stride), bias(features), biasSeen(features, 1.F)
    {
    }
};

/// Sums over the features of rows.
struct Sums {
    Matrix vectors;
    std::vector<float> bias;

    Sums(std::size_t rows, std::size_t stride) : vectors(rows, stride), bias(rows) {}
    [[nodiscard]] float* row(std::size_t r = 0) { return vectors.row(r).data(); }

    /// Puts the sum of row `row` at place `to`.
    void gather(const SparseMatrix& rows, std::size_t row, const Vectors& of, std::size_t to = 0)
    {
        const auto features = rows.row(row);
        const std::size_t stride = vectors.cols();
        float* __restrict sum = this->row(to);
        std::fill_n(sum, stride, 0.F);
        bias[to] = 0;
        for (std::size_t f = 0; f < features.size(); ++f) {
            const float value = features.values[f];
            const float* __restrict from = of.values.row(features.columns[f]).data();
            for (std::size_t d = 0; d < stride; ++d)
                sum[d] += value * from[d];
            bias[to] += value * of.bias[features.columns[f]];
        }
    }
};

float sigma(float x) { return 1 / (1 + std::exp(-x)); }

class Trainer {
public:
    Trainer(const LightFmInput& input, const LightFmConfig& config, const JobContext& job)
        : m_input(input), m_config(config), m_job(job), m_factors(static_cast<std::size_t>(config.factors)),
          m_stride(als::paddedTo(m_factors, als::lanes)), m_adagrad{config.learningRate, config.regularization},
          m_people(input.people.columnCount, m_stride), m_items(input.items.columnCount, m_stride),
          m_person(1, m_stride), m_likedItem(1, m_stride), m_other(1, m_stride), m_between(1, m_stride),
          m_sums(config.loss == LightFmLoss::Warp ? input.items.rowCount() : 0, m_stride),
          m_rng(job.rng("lightfm.steps"))
    {
        initialize(m_people, input.people, likedRows(), "lightfm.init.people");
        initialize(m_items, input.items, likedColumns(), "lightfm.init.items");
        for (std::size_t person = 0; person < input.liked.rows(); ++person)
            m_likes.add(input.liked.columnsOf(person), std::identity{});
    }

    [[nodiscard]] Result<LightFmFactors> run()
    {
        std::vector<Cell> cells = allCells();
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            m_job.progress((epoch - 1.0) / m_config.epochs, fmt::format("epoch {} of {}", epoch, m_config.epochs));
            m_rng.shuffle(std::span(cells));
            m_loss = m_steps = 0;
            for (std::size_t c = 0; c < cells.size(); ++c) {
                if (c % cellsPerCheck == 0)
                    if (const auto alive = m_job.check(); !alive)
                        return tl::unexpected(alive.error());
                if (c % m_betweenSums == 0)
                    sumUp();
                step(cells[c]);
            }
            if (!std::isfinite(m_loss))
                return error(Code::Numeric, fmt::format("Training diverged in epoch {}", epoch),
                             "Lower the learning rate");
            m_job.measure("training loss", epoch, m_loss / std::max(m_steps, 1.0));
        }
        return LightFmFactors{unpadded(m_people), unpadded(m_items), std::move(m_items.bias)};
    }

private:
    struct Cell {
        std::uint32_t person = 0;
        std::uint32_t item = 0;
    };

    [[nodiscard]] std::vector<Cell> allCells() const
    {
        std::vector<Cell> cells;
        cells.reserve(m_input.liked.size());
        for (std::uint32_t person = 0; person < m_input.liked.rows(); ++person)
            for (const std::uint32_t item : m_input.liked.columnsOf(person))
                cells.push_back({person, item});
        return cells;
    }

    [[nodiscard]] std::vector<bool> likedRows() const
    {
        std::vector<bool> rows(m_input.people.rowCount());
        for (std::size_t person = 0; person < rows.size(); ++person)
            rows[person] = !m_input.liked.columnsOf(person).empty();
        return rows;
    }
    [[nodiscard]] std::vector<bool> likedColumns() const
    {
        std::vector<bool> rows(m_input.items.rowCount());
        for (const std::uint32_t item : m_input.liked.columns)
            rows[item] = true;
        return rows;
    }

    /// Features of nobody who liked, or of nothing that was liked, stay zero: noise must not look like knowledge.
    void initialize(Vectors& of, const SparseMatrix& rows, const std::vector<bool>& known, std::string_view stream)
    {
        std::vector<bool> used(rows.columnCount);
        for (std::size_t row = 0; row < rows.rowCount(); ++row)
            if (known[row])
                for (const std::uint32_t feature : rows.row(row).columns)
                    used[feature] = true;
        Rng rng = m_job.rng(stream);
        for (std::size_t feature = 0; feature < used.size(); ++feature)
            if (used[feature])
                for (float& value : of.values.row(feature).first(m_factors))
                    value = static_cast<float>((rng.uniform() - .5) / m_config.factors);
    }

    [[nodiscard]] Matrix unpadded(const Vectors& of) const
    {
        Matrix out(of.values.rows(), m_factors);
        for (std::size_t row = 0; row < out.rows(); ++row)
            std::ranges::copy(of.values.row(row).first(m_factors), out.row(row).begin());
        return out;
    }

    /// Of all items, to find the ones out of order by; a step then looks at what they are by now.
    void sumUp()
    {
        for (std::size_t item = 0; item < m_sums.bias.size(); ++item)
            m_sums.gather(m_input.items, item, m_items, item);
    }

    void step(const Cell& cell)
    {
        m_person.gather(m_input.people, cell.person, m_people);
        m_likedItem.gather(m_input.items, cell.item, m_items);
        switch (m_config.loss) {
        case LightFmLoss::Warp: return warpStep(cell);
        case LightFmLoss::Pairs: return pairStep(cell);
        case LightFmLoss::Logistic: return logisticStep(cell);
        }
    }

    [[nodiscard]] float score(Sums& items, std::size_t place = 0)
    {
        return items.bias[place] + als::dot(m_person.row(), items.row(place), m_stride);
    }

    /// False when only liked items came up.
    [[nodiscard]] bool drawOther(std::uint32_t person, std::uint32_t& other)
    {
        const auto liked = m_input.liked.columnsOf(person);
        for (int attempt = 0; attempt < mostRejections; ++attempt) {
            other = m_input.drawn[m_rng.below(m_input.drawn.size())];
            if (!m_likes.mayContain(person, other) || !std::ranges::binary_search(liked, other))
                return true;
        }
        return false;
    }

    void warpStep(const Cell& cell)
    {
        const float reached = score(m_likedItem);
        ++m_steps;
        for (int trial = 1; trial <= m_config.draws; ++trial) {
            std::uint32_t other = 0;
            if (!drawOther(cell.person, other))
                return;
            if (1 - reached + score(m_sums, other) <= 0)
                continue;
            m_other.gather(m_input.items, other, m_items);
            const float behind = 1 - reached + score(m_other);
            if (behind <= 0)
                continue;
            const auto rank = static_cast<float>(m_input.drawn.size() - 1) / static_cast<float>(trial);
            const float weight = std::log(std::max(1.F, rank));
            m_loss += static_cast<double>(weight * behind);
            movePair(cell, other, weight);
            return;
        }
    }

    void pairStep(const Cell& cell)
    {
        std::uint32_t other = 0;
        if (!drawOther(cell.person, other))
            return;
        m_other.gather(m_input.items, other, m_items);
        const float miss = sigma(score(m_other) - score(m_likedItem));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        ++m_steps;
        movePair(cell, other, miss);
    }

    void logisticStep(const Cell& cell)
    {
        pull(cell.person, cell.item, m_likedItem, 1);
        for (int n = 0; n < m_config.draws; ++n) {
            std::uint32_t other = 0;
            if (!drawOther(cell.person, other))
                return;
            m_person.gather(m_input.people, cell.person, m_people);
            m_other.gather(m_input.items, other, m_items);
            pull(cell.person, other, m_other, -1);
        }
    }

    void pull(std::uint32_t person, std::uint32_t item, Sums& at, float sign)
    {
        const float miss = sigma(-sign * score(at));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        ++m_steps;
        const float by = sign * miss;
        move(m_input.items, item, m_items, m_person, by, by);
        move(m_input.people, person, m_people, at, by, 0);
    }

    /// Up for the liked item, down for the other; each by the others' old values.
    void movePair(const Cell& cell, std::uint32_t other, float by)
    {
        for (std::size_t d = 0; d < m_stride; ++d)
            m_between.row()[d] = m_likedItem.row()[d] - m_other.row()[d];
        move(m_input.items, cell.item, m_items, m_person, by, by);
        move(m_input.items, other, m_items, m_person, -by, -by);
        move(m_input.people, cell.person, m_people, m_between, by, 0);
    }

    /// Every feature of the row, along `direction`.
    void move(const SparseMatrix& rows, std::size_t row, Vectors& of, Sums& direction, float by, float biasBy)
    {
        const auto features = rows.row(row);
        for (std::size_t f = 0; f < features.size(); ++f) {
            const std::uint32_t feature = features.columns[f];
            const float value = features.values[f];
            adagrad::move(of.row(feature), of.seenOf(feature), direction.row(), m_stride, by * value, m_adagrad);
            adagrad::move(of.bias[feature], of.biasSeen[feature], biasBy * value, m_adagrad);
        }
    }

    const LightFmInput& m_input;
    const LightFmConfig& m_config;
    const JobContext& m_job;
    std::size_t m_factors, m_stride;
    adagrad::Steps m_adagrad;
    Vectors m_people, m_items;
    Sums m_person, m_likedItem, m_other, m_between; ///< of one row
    Sums m_sums;                                    ///< of all items, as they were; Warp only
    /// Cells; so that summing up all items takes less than the steps.
    std::size_t m_betweenSums = std::max(fewestBetweenSums, m_input.items.columns.size() / 32);
    implicit::RowFilter m_likes;
    Rng m_rng;
    double m_loss = 0, m_steps = 0;
};

} // namespace

Result<LightFmFactors> trainLightFm(const LightFmInput& input, const LightFmConfig& config, const JobContext& job)
{
    return Trainer(input, config, job).run();
}

Matrix sumsOfFeatures(const SparseMatrix& rows, const Matrix& vectors)
{
    Matrix sums(rows.rowCount(), vectors.cols());
    for (std::size_t row = 0; row < rows.rowCount(); ++row) {
        const auto features = rows.row(row);
        for (std::size_t f = 0; f < features.size(); ++f)
            for (std::size_t d = 0; d < vectors.cols(); ++d)
                sums.row(row)[d] += features.values[f] * vectors.row(features.columns[f])[d];
    }
    return sums;
}

} // namespace orrery
