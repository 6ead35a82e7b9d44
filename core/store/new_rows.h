// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/store/workspace.h"

#include <functional>
#include <span>
#include <string>

namespace orrery {

/// How the rows of new models and runs are filled in: the window and the command line store the same.

/// `wanted`, or with the first number behind it that makes it free: "SVD", "SVD 2", ...
[[nodiscard]] ORRERY_API std::string freeName(const std::string& wanted,
                                              const std::function<bool(const std::string&)>& isTaken);
[[nodiscard]] ORRERY_API std::string freeName(const std::string& wanted, std::span<const ModelRow> models);
/// The series colour that the fewest of `models` have, in the order of the palette, after `ahead` more were placed.
[[nodiscard]] ORRERY_API int freeColour(std::span<const ModelRow> models, std::size_t ahead = 0);

/// Says of a model that it learned from the training part of `split` and from nothing else.
ORRERY_API void setTrainedOn(ModelRow& row, const SplitPlan& plan, const Split& split);

/// One evaluation of `model` on `split` as it is stored. `seed` is the one that the judged model was trained with.
[[nodiscard]] ORRERY_API RunRow runRow(ModelId model, const SplitPlan& plan, const Split& split,
                                       const Protocol& protocol, std::uint64_t seed, EvaluationReport report);

} // namespace orrery
