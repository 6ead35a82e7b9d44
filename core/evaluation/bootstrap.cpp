// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/bootstrap.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

// Two draws from each number of the generator. The bias of n / 2^32 is far below what 1,000 rounds can tell.
void drawPeople(Rng& rng, std::span<std::uint32_t> draws)
{
    const auto n = static_cast<std::uint64_t>(draws.size());
    const auto scaled = [n](std::uint64_t bits32) { return static_cast<std::uint32_t>(bits32 * n >> 32); };
    for (std::size_t i = 0; i < draws.size(); i += 2) {
        const std::uint64_t bits = rng.next();
        draws[i] = scaled(bits >> 32);
        if (i + 1 < draws.size())
            draws[i + 1] = scaled(bits & 0xFFFFFFFFU);
    }
}

double quantile(std::span<const double> sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

} // namespace

PeopleSums::PeopleSums(std::size_t people, std::size_t statistics)
    : m_people(people), m_statistics(statistics), m_values((statistics / lane + 1) * people * lane, 0.0)
{
}

PeopleSums::Totals PeopleSums::totals(std::size_t group, std::span<const std::uint32_t> people) const
{
    Totals totals{};
    const double* rows = m_values.data() + group * m_people * lane;
    for (const std::uint32_t person : people)
        for (std::size_t column = 0; column < lane; ++column)
            totals[column] += rows[person * lane + column];
    return totals;
}

std::vector<double> PeopleSums::ratiosOver(std::span<const std::uint32_t> people) const
{
    std::vector<double> ratios;
    ratios.reserve(m_statistics);
    double weight = 0;
    for (std::size_t group = 0; group * lane <= m_statistics; ++group) {
        const Totals sums = totals(group, people);
        if (group == 0)
            weight = sums[0];
        for (std::size_t column = group == 0 ? 1 : 0; column < lane && ratios.size() < m_statistics; ++column)
            ratios.push_back(sums[column] / weight); // nobody: 0 / 0 is NaN
    }
    return ratios;
}

std::vector<double> PeopleSums::ratios() const
{
    std::vector<std::uint32_t> everybody(m_people);
    std::iota(everybody.begin(), everybody.end(), 0U);
    return ratiosOver(everybody);
}

Result<std::vector<std::vector<double>>> PeopleSums::resampled(std::uint64_t seed, std::size_t rounds,
                                                               const JobContext& job) const
{
    std::vector<std::vector<double>> out(m_statistics, std::vector<double>(rounds));
    const std::uint64_t stream = seedFor(seed, "bootstrap");
    const auto done = parallelFor(job, rounds, 8, [&](std::size_t first, std::size_t last) {
        std::vector<std::uint32_t> draws(m_people);
        for (std::size_t round = first; round < last; ++round) {
            Rng rng(stream + round); // a generator each round: no round depends on another
            drawPeople(rng, draws);
            const auto ratios = ratiosOver(draws);
            for (std::size_t s = 0; s < m_statistics; ++s)
                out[s][round] = ratios[s];
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return out;
}

Interval middle95(std::vector<double> rounds)
{
    std::erase_if(rounds, [](double value) { return std::isnan(value); });
    if (rounds.empty())
        return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    std::ranges::sort(rounds);
    return {quantile(rounds, 0.025), quantile(rounds, 0.975)};
}

} // namespace orrery
