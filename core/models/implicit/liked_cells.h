// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/models/implicit/als_solver.h"
#include "core/models/implicit/factor_model.h"

namespace orrery::implicit {

/// The rule for a dataset: counts above 0 are all liked, whatever `rule.likedFrom` says for ratings.
[[nodiscard]] ConfidenceRule confidenceFor(const Dataset& dataset, ConfidenceRule rule);

/// The liked cells [people x items], with their weights. Errors: InvalidArgument when nothing is liked.
[[nodiscard]] Result<als::Cells> likedCells(const Interactions& interactions, const ConfidenceRule& rule);

} // namespace orrery::implicit
