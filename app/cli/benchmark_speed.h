// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

#include <memory>
#include <vector>

namespace orrery::cli {

/// Trains each of `choices` on one thread and on all, `repeat` times each, and compares the quickest time and the most
/// memory with what was estimated. Errors: those of training.
[[nodiscard]] Result<Output> benchmarkSpeed(const std::shared_ptr<const Dataset>& dataset,
                                            const std::vector<ModelChoice>& choices, int repeat,
                                            const Context& context);

} // namespace orrery::cli
