// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/data_options.h"
#include "app/cli/leaderboard.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// What models are worth for groups of people: Judge's scores by people.
struct GroupTable {
    Json json; ///< an array of groups
    std::string text;
};

/// `by`: names of facts and segments, "history", or "all". Of the first metric that is of people, on the one split
/// there is; what the first model is ahead by is told of all others. Errors: InvalidArgument (several splits, no such
/// metric, a name that makes no groups, which lists those that do), Cancelled.
[[nodiscard]] Result<GroupTable> groupTable(const std::vector<std::string>& by, const std::vector<Judged>& judged,
                                            const OpenedData& data, const Protocol& protocol, const JobContext& job);

} // namespace orrery::cli
