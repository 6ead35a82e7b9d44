// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/group_scores.h"

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/metric_functions.h"
#include "core/reranking/audience.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t peoplePerCheck = 1024;

Result<const MetricValue*> metricOf(const EvaluationReport& report, std::string_view id)
{
    const MetricValue* value = report.find(id);
    if (!value)
        return error(Code::NotFound, fmt::format("{} was not measured for {}", id, report.recommender),
                     "Evaluate it with this metric");
    if (value->metric.metric->kind == MetricKind::Catalog)
        return error(Code::InvalidArgument,
                     fmt::format("{} is of all lists together, not of people", value->metric.title()),
                     "Choose a metric of people, such as ndcg@10");
    if (std::isnan(value->mean))
        return error(Code::InvalidArgument,
                     fmt::format("{} does not apply to {}", value->metric.title(), report.recommender));
    if (report.people.empty() || value->perPerson.size() != report.people.size())
        return error(Code::InvalidArgument,
                     fmt::format("The values of single people are not known for {}", report.recommender),
                     "Evaluate it again on one split");
    return value;
}

double weightOf(const EvaluationReport& report, const MetricValue& value, std::uint32_t person)
{
    const bool ofRatings = value.metric.metric->kind == MetricKind::Rating;
    return ofRatings && person < report.testCounts.size() ? report.testCounts[person] : 1;
}

std::vector<std::uint32_t> withSay(const PeopleGroup& group, const MetricValue& value)
{
    std::vector<std::uint32_t> people;
    for (const std::uint32_t person : group.people)
        if (person < value.perPerson.size() && !std::isnan(value.perPerson[person]))
            people.push_back(person);
    return people;
}

// Values of people go back to sums, as those over all ratings of a group are asked for.
Result<GroupScore> scoreOf(const PeopleGroup& group, const EvaluationReport& report, const MetricValue& value,
                           const GroupRounds& rounds, const JobContext& job)
{
    const auto people = withSay(group, value);
    GroupScore score{people.size(), undefined, {undefined, undefined}};
    if (people.empty())
        return score;
    const MetricFunctions& functions = functionsOf(*value.metric.metric);
    PeopleSums sums(people.size(), 1);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const double weight = weightOf(report, value, people[i]);
        const double own = static_cast<double>(value.perPerson[people[i]]);
        sums.setWeight(i, weight);
        sums.set(i, 0, weight * (functions.unfinish ? functions.unfinish(own) : own));
    }
    const auto finished = [&](double ratio) { return functions.finish ? functions.finish(ratio) : ratio; };
    score.mean = finished(sums.ratios().front());
    if (people.size() < rounds.least)
        return score;
    auto drawn = sums.resampled(rounds.seed, rounds.rounds, job);
    if (!drawn)
        return tl::unexpected(drawn.error());
    std::ranges::transform(drawn->front(), drawn->front().begin(), finished);
    score.interval = middle95(std::move(drawn->front()));
    return score;
}

/// What a report says of one metric and these people alone.
EvaluationReport among(const PeopleGroup& group, const EvaluationReport& report, const MetricValue& value)
{
    EvaluationReport own;
    own.recommender = report.recommender;
    own.splitDescription = report.splitDescription;
    own.values.push_back({value.metric, value.mean, value.interval, {}});
    for (const std::uint32_t person : group.people)
        if (person < report.people.size()) {
            own.people.push_back(report.people[person]);
            own.values.front().perPerson.push_back(value.perPerson[person]);
            if (person < report.testCounts.size())
                own.testCounts.push_back(report.testCounts[person]);
        }
    return own;
}

bool anyInBoth(const PeopleGroup& group, const MetricValue& a, const MetricValue& b)
{
    return std::ranges::any_of(withSay(group, a),
                               [&](std::uint32_t person) { return !std::isnan(b.perPerson[person]); });
}

Facts told(const Dataset& dataset, const std::shared_ptr<const AttributeTable>& segments, UserIndex user)
{
    Facts facts = factsOf(dataset, user);
    if (segments)
        std::ranges::move(factsIn(*segments, user), std::back_inserter(facts));
    return facts;
}

} // namespace

Result<std::vector<PeopleGroup>> groupsOf(const EvaluationReport& report, const Dataset& dataset,
                                          const std::shared_ptr<const AttributeTable>& segments, const JobContext& job)
{
    PeopleGrouper grouper;
    for (std::size_t i = 0; i < report.people.size(); ++i) {
        if (i % peoplePerCheck == 0)
            if (const auto on = job.check(); !on)
                return tl::unexpected(on.error());
        const std::size_t all = dataset.interactions().row(report.people[i]).size();
        const std::size_t heldOut = i < report.testCounts.size() ? report.testCounts[i] : 0;
        grouper.add(told(dataset, segments, report.people[i]), all - std::min(all, heldOut));
    }
    return grouper.groups();
}

Result<std::vector<GroupScore>> scoresByGroup(std::span<const PeopleGroup> groups, const EvaluationReport& report,
                                              std::string_view metricId, const GroupRounds& rounds,
                                              const JobContext& job)
{
    const auto value = metricOf(report, metricId);
    if (!value)
        return tl::unexpected(value.error());
    std::vector<GroupScore> scores;
    for (const PeopleGroup& group : groups) {
        auto score = scoreOf(group, report, **value, rounds, job);
        if (!score)
            return tl::unexpected(score.error());
        scores.push_back(*score);
    }
    return scores;
}

Result<std::vector<std::optional<Difference>>> differencesByGroup(std::span<const PeopleGroup> groups,
                                                                  const EvaluationReport& a, const EvaluationReport& b,
                                                                  std::string_view metricId, const GroupRounds& rounds,
                                                                  const JobContext& job)
{
    const auto valueA = metricOf(a, metricId), valueB = metricOf(b, metricId);
    if (!valueA || !valueB)
        return tl::unexpected(valueA ? valueB.error() : valueA.error());
    if (a.people != b.people)
        return error(Code::InvalidArgument,
                     fmt::format("{} and {} were judged on different people", a.recommender, b.recommender),
                     "Evaluate both on the same split");
    std::vector<std::optional<Difference>> differences;
    for (const PeopleGroup& group : groups) {
        if (const auto on = job.check(); !on)
            return tl::unexpected(on.error());
        if (!anyInBoth(group, **valueA, **valueB)) {
            differences.emplace_back();
            continue;
        }
        auto found =
            difference(among(group, a, **valueA), among(group, b, **valueB), metricId, rounds.seed, rounds.rounds);
        if (!found)
            return tl::unexpected(found.error());
        if (found->people < rounds.least)
            *found = {found->mean, {undefined, undefined}, found->people, undefined};
        differences.emplace_back(*found);
    }
    return differences;
}

} // namespace orrery
