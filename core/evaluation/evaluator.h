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
    float relevantFrom = 4;             ///< explicit: a test rating >= this is relevant; implicit: any value > 0 is
    std::vector<MetricChoice> metrics;
    std::uint64_t bootstrapSeed = 1;
    std::size_t bootstrapRounds = 1000; ///< of the 95 % intervals over people

    [[nodiscard]] ORRERY_API std::string hash(const Split& split) const; ///< 32 hex digits
    [[nodiscard]] ORRERY_API static Protocol standard(const Dataset& dataset); ///< the usual metrics at 10
};

struct Interval {
    double low = 0;
    double high = 0;
};

struct MetricValue {
    MetricChoice metric;
    double mean = 0;             ///< NaN where it does not apply (rating metrics of a ranking model)
    Interval interval;           ///< 95 %, percentile bootstrap over people
    std::vector<float> perPerson; ///< aligned with EvaluationReport::people; NaN where undefined; empty for Catalog
};

struct EvaluationReport {
    std::string recommender;       ///< its name
    std::vector<UserIndex> people; ///< those with at least one relevant test item, ascending
    std::vector<MetricValue> values;
    std::string protocolHash;
    std::string splitDescription;
    double seconds = 0;

    [[nodiscard]] ORRERY_API const MetricValue* find(std::string_view id) const;
};

/// Full ranking: candidates are all catalog items that the person has not in training. Deterministic on any number of
/// threads. Errors: InvalidArgument when nobody has a relevant test item; Cancelled.
[[nodiscard]] ORRERY_API Result<EvaluationReport> evaluate(const Split& split, const Recommender& recommender,
                                                           const Protocol& protocol, const JobContext& job);

/// Mean of b - a over the people both reports share, with its 95 % bootstrap interval (paired).
struct Difference {
    double mean = 0;
    Interval interval;
    std::size_t people = 0;
};
[[nodiscard]] ORRERY_API Result<Difference> difference(const EvaluationReport& a, const EvaluationReport& b,
                                                       std::string_view metricId, std::uint64_t seed = 1,
                                                       std::size_t rounds = 1000);

} // namespace orrery
