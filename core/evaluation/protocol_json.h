// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/evaluation/evaluator.h"
#include "core/evaluation/split.h"

#include <string>
#include <string_view>

namespace orrery {

/// What a stored model or run says of how it was made: one JSON object that names everything that could differ.
[[nodiscard]] ORRERY_API std::string toJson(const SplitPlan& plan);
[[nodiscard]] ORRERY_API std::string toJson(const SplitPlan& plan, const Protocol& protocol,
                                            std::string_view candidates = "all catalog items unseen in training");

/// Whether it says that all unseen items are ranked, and not only stored ones.
[[nodiscard]] ORRERY_API bool ranksAll(const std::string& protocolJson);

} // namespace orrery
