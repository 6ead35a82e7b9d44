// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/model_options.h"

#include <memory>
#include <string>
#include <vector>

namespace orrery::cli {

/// Judges `choices` by the published protocol of that id, or by each that the data can carry where it is "". The
/// numbers of published tables stand beside ours where the data is theirs. What does not suit a protocol is named and
/// passed over. Errors: InvalidArgument where nothing is left to judge; those of training.
[[nodiscard]] Result<Output> benchmarkAccuracy(const std::shared_ptr<const Dataset>& dataset,
                                               const std::vector<ModelChoice>& choices, const std::string& protocol,
                                               const Context& context);

} // namespace orrery::cli
