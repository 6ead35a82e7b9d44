// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/data/profile.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/split.h"
#include "ui/components/picker.h"
#include "ui/itemmodels/dataset_columns.h"

#include <memory>
#include <vector>

namespace orrery::ui {

/// What pages show of a dataset as a whole. Each part is a walk over all events or names, which the window's thread
/// has no time for: it is worked out once, behind the window, and pages say so until it is there.
struct DatasetDigest {
    std::shared_ptr<const Dataset> dataset;
    DatasetProfile profile;
    std::shared_ptr<const Tally> items, people;
    NameIndex titles;  ///< ids are item indices; the most rated first
    NameIndex names;   ///< of personTitle(); ids are person indices; those with most interactions first
    Protocol protocol; ///< the usual one for it
    SplitPlan split;   ///< what suits it
    struct LatePart {
        int percent = 0;         ///< of the events with a time
        Timestamp from = noTime; ///< lie at or after this moment
    };
    std::vector<LatePart> lateParts; ///< empty without times
    Timestamp last = noTime;         ///< the newest event
};

/// Errors: Cancelled.
[[nodiscard]] Result<std::shared_ptr<const DatasetDigest>> digestOf(const std::shared_ptr<const Dataset>& dataset,
                                                                    const JobContext& job);

/// "Person 42"
[[nodiscard]] QString personTitle(const Dataset& dataset, UserIndex user);

} // namespace orrery::ui
