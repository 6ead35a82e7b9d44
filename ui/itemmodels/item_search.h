// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/picker.h"
#include "ui/itemmodels/dataset_digest.h"

#include <memory>

namespace orrery::ui {

/// Finds items by title, the most used first among equal matches; ids are item indices. Quick at each key. Without a
/// digest (not worked out yet, or no dataset) it finds nothing.
[[nodiscard]] Picker::Search itemSearch(const std::shared_ptr<const DatasetDigest>& digest);
/// The same for people, with how much each has done.
[[nodiscard]] Picker::Search personSearch(const std::shared_ptr<const DatasetDigest>& digest);

} // namespace orrery::ui
