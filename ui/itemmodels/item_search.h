// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/components/picker.h"

#include <memory>

namespace orrery::ui {

/// Finds items by title, the most used first among equal matches; ids are item indices. O(items) to prepare, then
/// quick at each key. Without a dataset it finds nothing.
[[nodiscard]] Picker::Search itemSearch(const std::shared_ptr<const Dataset>& dataset);

} // namespace orrery::ui
