// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/ranking/gbdt.h"
#include "core/ranking/value_features.h"

#include <cstddef>
#include <span>
#include <vector>

namespace orrery {

/// Moments at which people are looked at, each with what they spent in the `days` after it; ascending. What comes after
/// a cut of one part ends before the first cut of the next, so that no label is looked at in two parts.
struct ValueCuts {
    std::vector<Timestamp> train, validation, test;
};

/// Cuts every `stepDays` days back from `end` - `days`, at most 60; the last fifth is the test, the fifth before it the
/// validation. The first tenth of the time, at most 30 days, is only looked back on. `first` and `end` are the first
/// event and the moment after the last. Errors: InvalidArgument where there is not one cut for each part.
[[nodiscard]] ORRERY_API Result<ValueCuts> planValueCuts(Timestamp first, Timestamp end, int days, int stepDays);

/// Rows of people at cuts: features, and 1 where more than a sum was spent in the days after the cut.
struct ValueRows {
    TrainingRows rows;
    std::vector<UserIndex> users; ///< [rows]
    std::vector<Timestamp> cuts;  ///< [rows]
};

/// What is asked of each row: more than `moreThan` in the `days` after the cut.
struct ValueLabel {
    double moreThan = 100;
    int days = 7;
};

/// Everybody who did anything before a cut, at each of the cuts; of more than `mostRows` a seeded sample of about so
/// many. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<ValueRows> valueRowsOf(const CustomerHistory& history, std::span<const Timestamp> cuts,
                                                       const ValueLabel& label, std::size_t mostRows,
                                                       const JobContext& job);

} // namespace orrery
