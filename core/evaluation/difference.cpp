// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/metric_functions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

struct Shared {
    std::size_t inA = 0, inB = 0; // places in the reports' people
};

// Both lists of people are ascending: one pass.
std::vector<Shared> sharedPeople(const EvaluationReport& a, const MetricValue& valueA, const EvaluationReport& b,
                                 const MetricValue& valueB)
{
    std::vector<Shared> shared;
    for (std::size_t i = 0, j = 0; i < a.people.size() && j < b.people.size();) {
        if (a.people[i] == b.people[j] && !std::isnan(valueA.perPerson[i]) && !std::isnan(valueB.perPerson[j]))
            shared.push_back({i, j});
        const auto inA = a.people[i];
        i += inA <= b.people[j] ? 1 : 0;
        j += b.people[j] <= inA ? 1 : 0;
    }
    return shared;
}

Result<const MetricValue*> require(const EvaluationReport& report, std::string_view id)
{
    if (const MetricValue* value = report.find(id))
        return value;
    return error(Code::NotFound, fmt::format("{} was not measured for {}", id, report.recommender),
                 "Evaluate both with the same metrics");
}

// Per-person values go back to sums, so that the difference is that of the values over all ratings.
PeopleSums pairedSums(const EvaluationReport& a, const MetricValue& valueA, const MetricValue& valueB,
                      std::span<const Shared> shared)
{
    const auto& metric = *valueA.metric.metric;
    const auto unfinish = functionsOf(metric).unfinish;
    PeopleSums sums(shared.size(), 2);
    for (std::size_t i = 0; i < shared.size(); ++i) {
        const double weight = metric.kind == MetricKind::Rating ? a.testCounts[shared[i].inA] : 1;
        const double inA = static_cast<double>(valueA.perPerson[shared[i].inA]);
        const double inB = static_cast<double>(valueB.perPerson[shared[i].inB]);
        sums.setWeight(i, weight);
        sums.set(i, 0, weight * (unfinish ? unfinish(inA) : inA));
        sums.set(i, 1, weight * (unfinish ? unfinish(inB) : inB));
    }
    return sums;
}

Status checkComparable(const EvaluationReport& a, const MetricValue& valueA, const EvaluationReport& b,
                       const MetricValue& valueB)
{
    if (a.splitDescription != b.splitDescription)
        return error(Code::InvalidArgument,
                     fmt::format("{} and {} were judged on different splits", a.recommender, b.recommender),
                     "Evaluate both on the same split");
    if (std::isnan(valueA.mean) || std::isnan(valueB.mean))
        return error(Code::InvalidArgument, fmt::format("{} does not apply to {}", valueA.metric.title(),
                                                        std::isnan(valueA.mean) ? a.recommender : b.recommender));
    const bool rating = valueA.metric.metric->kind == MetricKind::Rating;
    if (rating && (a.testCounts != b.testCounts || a.testCounts.size() != a.people.size()))
        return error(Code::InvalidArgument, "The reports do not count the same test ratings",
                     "Evaluate both on the same split");
    return {};
}

double twoSided(std::span<const double> rounds)
{
    const auto low = std::ranges::count_if(rounds, [](double value) { return value <= 0; });
    const auto high = std::ranges::count_if(rounds, [](double value) { return value >= 0; });
    return std::min(1.0, 2 * static_cast<double>(1 + std::min(low, high)) / static_cast<double>(1 + rounds.size()));
}

} // namespace

Result<Difference> difference(const EvaluationReport& a, const EvaluationReport& b, std::string_view metricId,
                              std::uint64_t seed, std::size_t rounds)
{
    const auto valueA = require(a, metricId);
    const auto valueB = require(b, metricId);
    if (!valueA || !valueB)
        return tl::unexpected(valueA ? valueB.error() : valueA.error());
    if (const auto valid = checkComparable(a, **valueA, b, **valueB); !valid)
        return tl::unexpected(valid.error());
    if ((*valueA)->metric.metric->kind == MetricKind::Catalog)
        return Difference{(*valueB)->mean - (*valueA)->mean, {undefined, undefined}, 0};
    const auto shared = sharedPeople(a, **valueA, b, **valueB);
    if (shared.empty())
        return error(Code::InvalidArgument, "The two reports have no people in common");
    const PeopleSums sums = pairedSums(a, **valueA, **valueB, shared);
    const auto drawn = sums.resampled(seed, rounds, {});
    if (!drawn)
        return tl::unexpected(drawn.error());
    const auto finish = functionsOf(*(*valueA)->metric.metric).finish;
    const auto between = [finish](double inA, double inB) { return finish ? finish(inB) - finish(inA) : inB - inA; };
    std::vector<double> differences(rounds);
    for (std::size_t round = 0; round < rounds; ++round)
        differences[round] = between((*drawn)[0][round], (*drawn)[1][round]);
    const auto ratios = sums.ratios();
    const double p = twoSided(differences);
    return Difference{between(ratios[0], ratios[1]), middle95(std::move(differences)), shared.size(), p};
}

} // namespace orrery
