// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rating_baseline.h"

#include "core/base/parallel.h"

#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t rowGrain = 256;

/// Chunk sums, combined in order.
Result<double> sumOf(std::span<const float> values, const JobContext& job)
{
    constexpr std::size_t grain = 1 << 16;
    std::vector<double> sums(chunkCount(values.size(), grain));
    const auto done = parallelFor(job, values.size(), grain, [&](std::size_t first, std::size_t last) {
        sums[first / grain] = std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                                              values.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
    });
    if (!done)
        return tl::unexpected(done.error());
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void tellEpoch(const JobContext& job, int epoch, int epochs)
{
    job.progress((epoch - 1.0) / epochs, fmt::format("epoch {} of {}", epoch, epochs));
}

void tellError(const JobContext& job, int epoch, double squares, std::size_t ratings)
{
    job.measure("training RMSE", epoch, std::sqrt(squares / static_cast<double>(ratings)));
}

/// Alternating least squares over one dataset.
class Alternation {
public:
    Alternation(const Interactions& interactions, const AlternationConfig& config, double mean)
        : m_interactions(interactions), m_config(config), m_mean(mean), m_people(interactions.users()),
          m_items(interactions.items())
    {
    }

    [[nodiscard]] Status run(const JobContext& job)
    {
        for (int epoch = 1; epoch <= m_config.epochs; ++epoch) {
            tellEpoch(job, epoch, m_config.epochs);
            if (const auto done = fitItems(job); !done)
                return done;
            const auto squares = fitPeople(job);
            if (!squares)
                return tl::unexpected(squares.error());
            tellError(job, epoch, *squares, m_interactions.size());
        }
        job.progress(1, "done");
        return {};
    }

    [[nodiscard]] RatingBaseline take()
    {
        return {m_mean, static_cast<double>(m_config.regPeople), std::move(m_people), std::move(m_items)};
    }

private:
    [[nodiscard]] Status fitItems(const JobContext& job)
    {
        return parallelFor(job, m_items.size(), rowGrain, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                const auto column = m_interactions.column(ItemIndex{static_cast<std::uint32_t>(i)});
                double sum = 0;
                for (std::size_t n = 0; n < column.users.size(); ++n)
                    sum += residual(column.values[n], m_people[column.users[n].value]);
                m_items[i] = shrunk(sum, column.users.size(), m_config.regItems);
            }
        });
    }

    /// Gives the sum of the squared errors after the step.
    [[nodiscard]] Result<double> fitPeople(const JobContext& job)
    {
        std::vector<double> squares(chunkCount(m_people.size(), rowGrain));
        const auto done = parallelFor(job, m_people.size(), rowGrain, [&](std::size_t first, std::size_t last) {
            for (std::size_t u = first; u < last; ++u)
                squares[first / rowGrain] += fitPerson(u);
        });
        if (!done)
            return tl::unexpected(done.error());
        return std::accumulate(squares.begin(), squares.end(), 0.0);
    }

    [[nodiscard]] double fitPerson(std::size_t person)
    {
        const auto row = m_interactions.row(UserIndex{static_cast<std::uint32_t>(person)});
        double sum = 0;
        double squares = 0;
        for (std::size_t n = 0; n < row.size(); ++n) {
            const double rest = residual(row.values[n], m_items[row.items[n].value]);
            sum += rest;
            squares += rest * rest;
        }
        m_people[person] = shrunk(sum, row.size(), m_config.regPeople);
        // Sum of (rest - b)^2, without a second pass over the ratings.
        const double b = static_cast<double>(m_people[person]);
        return squares - 2 * b * sum + static_cast<double>(row.size()) * b * b;
    }

    [[nodiscard]] double residual(float value, float otherBias) const
    {
        return static_cast<double>(value) - m_mean - static_cast<double>(otherBias);
    }

    static float shrunk(double sum, std::size_t count, float reg)
    {
        return count == 0 ? 0.F : static_cast<float>(sum / (static_cast<double>(reg) + static_cast<double>(count)));
    }

    const Interactions& m_interactions;
    AlternationConfig m_config;
    double m_mean;
    std::vector<float> m_people, m_items;
};

/// Stochastic gradient descent over one dataset; biases in double while it runs.
class Descent {
public:
    Descent(const Interactions& interactions, const DescentConfig& config, double mean)
        : m_interactions(interactions), m_rate(static_cast<double>(config.rate)),
          m_reg(static_cast<double>(config.regularization)), m_mean(mean), m_people(interactions.users()),
          m_items(interactions.items())
    {
    }

    [[nodiscard]] Status run(int epochs, const JobContext& job)
    {
        for (int epoch = 1; epoch <= epochs; ++epoch) {
            tellEpoch(job, epoch, epochs);
            double squares = 0;
            for (std::size_t person = 0; person < m_people.size(); ++person) {
                if (const auto alive = job.check(); person % rowGrain == 0 && !alive)
                    return alive;
                squares += walk(person);
            }
            if (!std::isfinite(squares))
                return error(Code::Numeric, "The biases grew without bounds", "Lower the learning rate",
                             "learning-rate");
            tellError(job, epoch, squares, m_interactions.size());
        }
        job.progress(1, "done");
        return {};
    }

    [[nodiscard]] RatingBaseline take(double regPeople) const
    {
        return {m_mean, regPeople, {m_people.begin(), m_people.end()}, {m_items.begin(), m_items.end()}};
    }

private:
    /// Gives the sum of the squared errors on the way.
    double walk(std::size_t person)
    {
        const auto row = m_interactions.row(UserIndex{static_cast<std::uint32_t>(person)});
        double bias = m_people[person];
        double squares = 0;
        for (std::size_t n = 0; n < row.size(); ++n) {
            double& item = m_items[row.items[n].value];
            const double rest = static_cast<double>(row.values[n]) - m_mean - bias - item;
            bias += m_rate * (rest - m_reg * bias);
            item += m_rate * (rest - m_reg * item);
            squares += rest * rest;
        }
        m_people[person] = bias;
        return squares;
    }

    const Interactions& m_interactions;
    double m_rate, m_reg, m_mean;
    std::vector<double> m_people, m_items;
};

Result<double> meanOf(const Interactions& interactions, const JobContext& job)
{
    const auto sum = sumOf(interactions.allValues(), job);
    if (!sum)
        return sum;
    return *sum / static_cast<double>(std::max<std::size_t>(1, interactions.size()));
}

} // namespace

double RatingBaseline::personBias(const History& history) const
{
    double sum = 0;
    for (const auto& entry : history)
        sum += static_cast<double>(entry.value) - ofItem(entry.item.value);
    return history.empty() ? 0 : sum / (regPeople + static_cast<double>(history.size()));
}

Result<RatingBaseline> alternatedBaseline(const Interactions& interactions, const AlternationConfig& config,
                                          const JobContext& job)
{
    const auto mean = meanOf(interactions, job);
    if (!mean)
        return tl::unexpected(mean.error());
    Alternation alternation(interactions, config, *mean);
    if (const auto done = alternation.run(job); !done)
        return tl::unexpected(done.error());
    return alternation.take();
}

Result<RatingBaseline> descendedBaseline(const Interactions& interactions, const DescentConfig& config,
                                         const JobContext& job)
{
    const auto mean = meanOf(interactions, job);
    if (!mean)
        return tl::unexpected(mean.error());
    Descent descent(interactions, config, *mean);
    if (const auto done = descent.run(config.epochs, job); !done)
        return tl::unexpected(done.error());
    return descent.take(static_cast<double>(config.regPeople));
}

} // namespace orrery
