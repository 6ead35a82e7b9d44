// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/evaluation/metric.h"
#include "core/evaluation/split.h"
#include "core/pipeline/recommender.h"

#include <string>
#include <vector>

namespace orrery {

/// What is asked of every model alike. All of it is part of the hash.
struct Protocol {
    float relevantFrom = 4; ///< explicit: a test rating >= this is relevant; implicit: any value > 0 is
    std::vector<MetricChoice> metrics;
    std::uint64_t bootstrapSeed = 1;
    std::size_t bootstrapRounds = 1000; ///< of the 95 % intervals over people

    [[nodiscard]] ORRERY_API std::string hash(const Split& split) const;       ///< 32 hex digits
    [[nodiscard]] ORRERY_API static Protocol standard(const Dataset& dataset); ///< the usual metrics at 10
};

struct Interval {
    double low = 0;
    double high = 0;
};

struct MetricValue {
    MetricChoice metric;
    double mean = 0;              ///< NaN where it does not apply (rating metrics of a ranking model)
    Interval interval;            ///< 95 %, percentile bootstrap over people; NaN for Catalog and without rounds
    std::vector<float> perPerson; ///< aligned with EvaluationReport::people; NaN where undefined; empty for Catalog
};

struct EvaluationReport {
    std::string recommender;               ///< its name
    std::vector<UserIndex> people;         ///< everybody with a test interaction, ascending
    std::vector<std::uint32_t> testCounts; ///< test interactions of each, aligned with people
    std::size_t rankedPeople = 0;          ///< those with a relevant test item: ranking metrics are means over them
    std::size_t peopleWithoutHistory = 0;  ///< of those, nothing in training: answered by the fallback
    std::size_t ratings = 0;               ///< test ratings behind the rating metrics; 0 where these do not apply
    std::size_t ratingsFilled = 0;         ///< of those, not predictable: the mean of training stood in
    std::vector<MetricValue> values;
    std::string protocolHash;
    std::string splitDescription;
    double seconds = 0;

    /// People whom the ranking metrics pass over: nothing of what was held out is relevant to them.
    [[nodiscard]] std::size_t skippedPeople() const { return people.size() - rankedPeople; }
    [[nodiscard]] ORRERY_API const MetricValue* find(std::string_view id) const;
    /// The same with `people`, `testCounts` and every `perPerson` empty: what is said of all together.
    [[nodiscard]] ORRERY_API EvaluationReport withoutPeople() const;
};

/// Full ranking: candidates are all catalog items that are not known of the person (split.known), unless the split
/// brings its own (split.candidates); then what is relevant loses ties. Of LeaveLastOut the circumstances (weekday,
/// part of the day) of the one thing held out are told with the question; of other splits, those of asOf. Deterministic
/// on any number of threads. Errors: InvalidArgument when nobody has a relevant test item and a metric needs one;
/// Cancelled.
[[nodiscard]] ORRERY_API Result<EvaluationReport> evaluate(const Split& split, const Recommender& recommender,
                                                           const Protocol& protocol, const JobContext& job);

/// Mean of b - a over the people both reports share, with its 95 % bootstrap interval (paired: each round draws the
/// same people for both). Of rating metrics, the difference of the values over all ratings of these people. Of Catalog
/// metrics the plain difference, with a NaN interval and 0 people. Errors: NotFound for a metric that one of them
/// lacks, InvalidArgument when they were judged on different splits or the metric does not apply to one of them.
struct Difference {
    double mean = 0;
    Interval interval;
    std::size_t people = 0;
    /// Two-sided: twice the smaller share of the rounds on either side of 0, those at 0 on both, with one round added
    /// (Davison & Hinkley 1997), at most 1; 1 of Catalog metrics.
    double p = 1;
};
[[nodiscard]] ORRERY_API Result<Difference> difference(const EvaluationReport& a, const EvaluationReport& b,
                                                       std::string_view metricId, std::uint64_t seed = 1,
                                                       std::size_t rounds = 1000);

} // namespace orrery
