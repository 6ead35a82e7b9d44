// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/benchmark_protocols.h"
#include "app/cli/model_options.h"

#include <memory>
#include <vector>

namespace orrery::cli {

/// Judges `choices` on new people or new items, each beside what the first of them does better or worse than it; or
/// each without and with the visit. Differences are paired, over people, with 95 % intervals and p by bootstrap.
/// Errors: InvalidArgument where the data has nothing to judge by, or no model can be trained; those of training.
[[nodiscard]] Result<Output> benchmarkColdStart(const std::shared_ptr<const Dataset>& dataset,
                                                const std::vector<ModelChoice>& choices,
                                                const BenchmarkProtocol& protocol, const Context& context);

} // namespace orrery::cli
