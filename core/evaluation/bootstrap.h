// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/evaluation/evaluator.h"

#include <array>
#include <utility>

namespace orrery {

/// People as a bootstrap sees them: each has a weight and a sum for each statistic. A statistic over people is the
/// total of its sums over the total of the weights: a mean with weights of 1, a mean over ratings with numbers of
/// ratings.
class ORRERY_API PeopleSums {
public:
    PeopleSums(std::size_t people, std::size_t statistics);

    void setWeight(std::size_t person, double weight) { at(person, 0) = weight; }
    void set(std::size_t person, std::size_t statistic, double sum) { at(person, statistic + 1) = sum; }
    [[nodiscard]] double sum(std::size_t person, std::size_t statistic) const { return at(person, statistic + 1); }
    [[nodiscard]] double weight(std::size_t person) const { return at(person, 0); }
    [[nodiscard]] std::size_t people() const { return m_people; }
    [[nodiscard]] std::size_t statistics() const { return m_statistics; }

    /// The statistics over all people, each counted once; NaN with nobody.
    [[nodiscard]] std::vector<double> ratios() const;
    /// The statistics over as many people drawn with replacement, `rounds` times (Efron & Tibshirani 1993): round r's
    /// statistic s is at [s][r]. The same on any number of threads. Errors: Cancelled.
    [[nodiscard]] Result<std::vector<std::vector<double>>> resampled(std::uint64_t seed, std::size_t rounds,
                                                                     const JobContext& job) const;

private:
    // Columns lie in groups that fill one cache line a person: a draw costs one read for eight columns.
    static constexpr std::size_t lane = 8;
    using Totals = std::array<double, lane>;
    [[nodiscard]] const double& at(std::size_t person, std::size_t column) const
    {
        return m_values[((column / lane) * m_people + person) * lane + column % lane];
    }
    double& at(std::size_t person, std::size_t column)
    {
        return const_cast<double&>(std::as_const(*this).at(person, column));
    }
    [[nodiscard]] Totals totals(std::size_t group, std::span<const std::uint32_t> people) const;
    [[nodiscard]] std::vector<double> ratiosOver(std::span<const std::uint32_t> people) const;

    std::size_t m_people;
    std::size_t m_statistics;
    std::vector<double, AlignedAllocator<double>> m_values;
};

/// The middle 95 % of what the rounds gave, linear between neighbours (quantile type 7 of Hyndman & Fan 1996). NaN
/// rounds are left out; NaN without any.
[[nodiscard]] ORRERY_API Interval middle95(std::vector<double> rounds);

} // namespace orrery
