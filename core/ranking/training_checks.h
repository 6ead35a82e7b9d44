// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/gbdt.h"

namespace orrery {

/// Whether trees can be trained on these rows, and early stopping told by these (which may have no rows).
/// Errors: InvalidArgument, as trainTrees() says.
[[nodiscard]] Status checkTraining(const TrainingRows& train, const TrainingRows& validation, GbdtObjective objective);

} // namespace orrery
