// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/people_groups.h"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

/// Groups of the people of a report, by what the dataset says of them, the segments they were put in (columns of tags,
/// row r is person r; null: none), and how many interactions of theirs were not held out. `dataset` is the one that was
/// split. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<PeopleGroup>>
groupsOf(const EvaluationReport& report, const Dataset& dataset, const std::shared_ptr<const AttributeTable>& segments,
         const JobContext& job);

/// How the bootstrap draws.
struct GroupRounds {
    std::uint64_t seed = 1;
    std::size_t rounds = 1000;
    std::size_t least = 5; ///< people for an interval: of fewer, draws of the same people tell too little
};

/// A metric over the people of a group.
struct GroupScore {
    std::size_t people = 0; ///< who have a say in it: of ranking metrics, those with a relevant test item
    double mean = 0;        ///< of rating metrics, over all test ratings of these people; NaN with nobody
    Interval interval;      ///< 95 %, percentile bootstrap over them; NaN below GroupRounds::least and without rounds
};
/// Aligned with `groups`. Errors: NotFound for a metric that was not measured; InvalidArgument for one of all lists
/// together, for one that does not apply, and for a report without the values of its people; Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<GroupScore>>
scoresByGroup(std::span<const PeopleGroup> groups, const EvaluationReport& report, std::string_view metricId,
              const GroupRounds& rounds, const JobContext& job);

/// difference() of b - a within each group, with interval and p NaN below GroupRounds::least people; none where nobody
/// of a group has a say in both. Aligned with `groups`,
/// whose people are those of both reports. Errors: as scoresByGroup() and difference(); InvalidArgument when the
/// reports are of different people.
[[nodiscard]] ORRERY_API Result<std::vector<std::optional<Difference>>>
differencesByGroup(std::span<const PeopleGroup> groups, const EvaluationReport& a, const EvaluationReport& b,
                   std::string_view metricId, const GroupRounds& rounds, const JobContext& job);

} // namespace orrery
