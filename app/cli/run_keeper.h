// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/evaluation_options.h"
#include "app/cli/leaderboard.h"

#include <string>
#include <vector>

namespace orrery::cli {

/// What an evaluation was made of, and where it is to be stored.
struct EvaluationPlace {
    Workspace& workspace;
    DatasetId id;
    const Dataset& dataset;
    const std::vector<PlannedSplit>& splits;
    const Protocol& protocol;
};

/// The runs of one model in the workspace: one for each split.
struct KeptRuns {
    ModelId model = 0;
    std::string name;
    std::vector<RunId> runs;
};

/// Stores what was judged as the window does: a stored model's runs with it, others' with the model as it was trained
/// for the first split. One that was trained before in just this way is not stored again. Aligned with `judged`.
[[nodiscard]] Result<std::vector<KeptRuns>> keepRuns(const EvaluationPlace& place, const std::vector<Judged>& judged,
                                                     const Context& context);

} // namespace orrery::cli
