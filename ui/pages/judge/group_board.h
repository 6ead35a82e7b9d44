// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/group_scores.h"
#include "ui/itemmodels/table_model.h"
#include "ui/pages/judge/scoreboard.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery::ui {

/// What A and B are worth for groups of people, by one metric. A snapshot.
struct GroupBoard {
    struct Side {
        QString name;
        int colour = 0;
        std::vector<GroupScore> scores; ///< aligned with groups
    };
    std::vector<std::string> names;                     ///< that people can be grouped by
    std::vector<PeopleGroup> groups;                    ///< of the name that was asked for
    std::vector<Side> sides;                            ///< those of A and B that were judged, A first
    std::vector<std::optional<Difference>> differences; ///< B - A; empty without both
    MetricChoice metric;
    std::optional<Error> failure; ///< why there are no scores: a metric of all lists together

    [[nodiscard]] std::vector<TableColumn> columns() const;
};

/// What a board is made of.
struct GroupTask {
    std::filesystem::path file;
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<const AttributeTable> segments;
    std::vector<Scored> sides; ///< A and B as they stand on the scoreboard, without folds
    Scoreboard::Reports known; ///< reports that need not be read again
    MetricChoice metric;
    std::string by; ///< empty: the names are asked for alone
};
/// Errors: those of Workspace::run(), Cancelled.
[[nodiscard]] Result<GroupBoard> groupBoard(const GroupTask& task, const JobContext& job);

} // namespace orrery::ui
