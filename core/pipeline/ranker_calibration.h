// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/learnt_ranker.h"
#include "core/ranking/training_set.h"

namespace orrery {

/// What the trees of a ranker cannot know from sampled rows: its corrections, fitted on all candidates of questions of
/// the time that validates (the trees' own rows do not say how likely anything is), and the drift of its features
/// between questions of both times. At most 400 questions of each are asked, in each the same models.
/// Errors: Cancelled, and those of retrieve.
[[nodiscard]] Status calibrate(LearntRanker& ranker, const FeatureView& view, const Retrieve& retrieve,
                               const TrainingPlan& plan, const JobContext& job);

} // namespace orrery
