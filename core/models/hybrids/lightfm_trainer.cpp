// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/lightfm_trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr int mostRejections = 16; ///< of drawn items that were liked, before a step is left out
constexpr std::size_t cellsPerCheck = 64;

/// Vectors of features, and what Adagrad has seen of each coordinate.
struct Vectors {
    Matrix values, seen;
    std::vector<float> bias, biasSeen;

    Vectors(std::size_t features, std::size_t factors)
        : values(features, factors), seen(features, factors), bias(features), biasSeen(features, 1.F)
    {
        std::ranges::fill(seen.all(), 1.F);
    }
};

/// The sum over a row's features.
struct Sum {
    std::vector<float> vector;
    float bias = 0;

    explicit Sum(std::size_t factors) : vector(factors) {}
    void gather(const SparseMatrix& rows, std::size_t row, const Vectors& of)
    {
        std::ranges::fill(vector, 0.F);
        bias = 0;
        const auto features = rows.row(row);
        for (std::size_t f = 0; f < features.size(); ++f) {
            const float value = features.values[f];
            const float* from = of.values.row(features.columns[f]).data();
            for (std::size_t d = 0; d < vector.size(); ++d)
                vector[d] += value * from[d];
            bias += value * of.bias[features.columns[f]];
        }
    }
};

float dot(const std::vector<float>& a, const std::vector<float>& b)
{
    float sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d)
        sum += a[d] * b[d];
    return sum;
}

float sigma(float x) { return 1 / (1 + std::exp(-x)); }

class Trainer {
public:
    Trainer(const LightFmInput& input, const LightFmConfig& config, const JobContext& job)
        : m_input(input), m_config(config), m_job(job), m_factors(static_cast<std::size_t>(config.factors)),
          m_people(input.people.columnCount, m_factors), m_items(input.items.columnCount, m_factors),
          m_person(m_factors), m_liked(m_factors), m_other(m_factors), m_between(m_factors),
          m_rng(job.rng("lightfm.steps"))
    {
        initialize(m_people, input.people, likedRows(), "lightfm.init.people");
        initialize(m_items, input.items, likedColumns(), "lightfm.init.items");
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
                step(cells[c]);
            }
            if (!std::isfinite(m_loss))
                return error(Code::Numeric, fmt::format("Training diverged in epoch {}", epoch),
                             "Lower the learning rate");
            m_job.measure("training loss", epoch, m_loss / std::max(m_steps, 1.0));
        }
        return LightFmFactors{std::move(m_people.values), std::move(m_items.values), std::move(m_items.bias)};
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
                for (float& value : of.values.row(feature))
                    value = static_cast<float>((rng.uniform() - .5) / m_config.factors);
    }

    void step(const Cell& cell)
    {
        m_person.gather(m_input.people, cell.person, m_people);
        m_liked.gather(m_input.items, cell.item, m_items);
        switch (m_config.loss) {
        case LightFmLoss::Warp: return warpStep(cell);
        case LightFmLoss::Pairs: return pairStep(cell);
        case LightFmLoss::Logistic: return logisticStep(cell);
        }
    }

    [[nodiscard]] float score(const Sum& item) const { return item.bias + dot(m_person.vector, item.vector); }

    /// False when only liked items came up.
    [[nodiscard]] bool drawOther(std::uint32_t person, std::uint32_t& other)
    {
        const auto liked = m_input.liked.columnsOf(person);
        for (int attempt = 0; attempt < mostRejections; ++attempt) {
            other = m_input.drawn[m_rng.below(m_input.drawn.size())];
            if (!std::ranges::binary_search(liked, other))
                return true;
        }
        return false;
    }

    void warpStep(const Cell& cell)
    {
        const float reached = score(m_liked);
        ++m_steps;
        for (int trial = 1; trial <= m_config.draws; ++trial) {
            std::uint32_t other = 0;
            if (!drawOther(cell.person, other))
                return;
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
        const float miss = sigma(score(m_other) - score(m_liked));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        ++m_steps;
        movePair(cell, other, miss);
    }

    void logisticStep(const Cell& cell)
    {
        pull(cell.person, cell.item, m_liked, 1);
        for (int n = 0; n < m_config.draws; ++n) {
            std::uint32_t other = 0;
            if (!drawOther(cell.person, other))
                return;
            m_person.gather(m_input.people, cell.person, m_people);
            m_other.gather(m_input.items, other, m_items);
            pull(cell.person, other, m_other, -1);
        }
    }

    void pull(std::uint32_t person, std::uint32_t item, const Sum& at, float sign)
    {
        const float miss = sigma(-sign * score(at));
        m_loss -= std::log(std::max(1e-30, 1 - static_cast<double>(miss)));
        ++m_steps;
        m_between.vector = at.vector;
        const float by = sign * miss;
        move(m_input.items, item, m_items, m_person.vector, by, by);
        move(m_input.people, person, m_people, m_between.vector, by, 0);
    }

    /// Up for the liked item, down for the other; each by the others' old values.
    void movePair(const Cell& cell, std::uint32_t other, float by)
    {
        for (std::size_t d = 0; d < m_factors; ++d)
            m_between.vector[d] = m_liked.vector[d] - m_other.vector[d];
        move(m_input.items, cell.item, m_items, m_person.vector, by, by);
        move(m_input.items, other, m_items, m_person.vector, -by, -by);
        move(m_input.people, cell.person, m_people, m_between.vector, by, 0);
    }

    /// Adagrad (Duchi, Hazan & Singer, JMLR 2011): every feature of the row, along `direction`.
    void move(const SparseMatrix& rows, std::size_t row, Vectors& of, const std::vector<float>& direction, float by,
              float biasBy)
    {
        const auto features = rows.row(row);
        for (std::size_t f = 0; f < features.size(); ++f) {
            const std::uint32_t feature = features.columns[f];
            const float strength = by * features.values[f];
            float* __restrict values = of.values.row(feature).data();
            float* __restrict seen = of.seen.row(feature).data();
            const float* __restrict along = direction.data();
            for (std::size_t d = 0; d < m_factors; ++d) {
                const float slope = strength * along[d] - m_config.regularization * values[d];
                seen[d] += slope * slope;
                values[d] += m_config.learningRate * slope / std::sqrt(seen[d]);
            }
            const float slope = biasBy * features.values[f] - m_config.regularization * of.bias[feature];
            of.biasSeen[feature] += slope * slope;
            of.bias[feature] += m_config.learningRate * slope / std::sqrt(of.biasSeen[feature]);
        }
    }

    const LightFmInput& m_input;
    const LightFmConfig& m_config;
    const JobContext& m_job;
    std::size_t m_factors;
    Vectors m_people, m_items;
    Sum m_person, m_liked, m_other, m_between;
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
