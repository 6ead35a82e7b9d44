// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/store/workspace.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace orrery {

/// Says of a model that it learned from `train`: all events of its dataset before `row.asOf`.
ORRERY_API void setTrainedOn(ModelRow& row, const Dataset& train);

/// How many events came since a model was trained, of those that it may know (before `row.asOf`); none where that is
/// not known: lists, models of a split's training part, and those of before it was noted. O(1), O(events) where
/// `row.asOf` hides some.
[[nodiscard]] ORRERY_API std::optional<std::size_t> eventsSince(const ModelRow& row, const Dataset& dataset);
/// Whether the model is known to have seen all it may: the dataset as it is now, with its items and weights; of a model
/// with an `asOf` all events before that, with these weights.
[[nodiscard]] ORRERY_API bool isUpToDate(const ModelRow& row, const Dataset& dataset);

/// Why it cannot be trained on what came since, in one sentence; empty when it can.
[[nodiscard]] ORRERY_API std::string whyNotRefreshed(const ModelRow& row);

/// A model as it is after being brought up to date: what Workspace::updateModel() takes.
struct Refreshed {
    ModelRow row;
    ModelPtr model;
    Curves curves;
};
/// Trains it on what `dataset` holds before `row.asOf`, with its settings and its seed: from `before` on where its
/// algorithm can (Algorithm::warmStart), `before` is not null and kinds of events count what they did, else anew;
/// `row.trainedOn` says so. `dataset` is what it was trained on with events appended, or with other weights of kinds.
/// Errors: InvalidArgument (whyNotRefreshed), those of train().
[[nodiscard]] ORRERY_API Result<Refreshed>
refreshed(const ModelRow& row, ModelPtr before, const std::shared_ptr<const Dataset>& dataset, const JobContext& job);

} // namespace orrery
