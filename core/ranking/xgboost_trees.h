// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/tree_ensemble.h"

#include <string_view>

namespace orrery {

/// The first `count` trees out of XGBoost's own description of a model in JSON (versions 1.7 to 3.0), as it is handed
/// over in memory right after training; never out of a file. Errors: Internal where it is not what these versions
/// write.
[[nodiscard]] Result<std::vector<std::vector<TreeNode>>> treesFromXgboost(std::string_view json, std::size_t count);

} // namespace orrery
