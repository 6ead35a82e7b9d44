// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/planted.h"
#include "core/store/open_workspace.h"

#include <memory>

namespace orrery::store {

/// What is planted in a dataset's items; to be called once for a dataset, within a transaction.
[[nodiscard]] Status writePlanted(const OpenWorkspace& open, DatasetId dataset, const PlantedItems& planted);
/// Null where nothing was written. Errors: Corrupt, also where it is not of `items` items.
[[nodiscard]] Result<std::shared_ptr<const PlantedItems>> readPlanted(const OpenWorkspace& open, DatasetId dataset,
                                                                      std::size_t items);

} // namespace orrery::store
