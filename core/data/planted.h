// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"

#include <string>
#include <vector>

namespace orrery {

/// What is true of the items of a generated world: how much of each planted dimension is in each of them.
///
/// It travels beside a dataset and not in it, neither as columns nor as item vectors: models learn from those, and then
/// nothing would be left to find. The dataset's hash does not cover it either.
struct PlantedItems {
    std::vector<std::string> dimensions; ///< their names: "mob", "space"
    std::vector<float> values;           ///< [items x dimensions], row-major, finite

    [[nodiscard]] MatrixView view() const
    {
        return {values.data(), dimensions.empty() ? 0 : values.size() / dimensions.size(), dimensions.size()};
    }
};

} // namespace orrery
