// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/format.h"
#include "core/data/planted.h"

#include <memory>

namespace orrery::reading {

/// What Orrery's generators write beside a world: truth_items.csv, with the item's id in the first column and a planted
/// dimension in each column after "quality". Items that it does not list have nothing of any. Null where there is no
/// such file.
[[nodiscard]] Result<std::shared_ptr<const PlantedItems>> readPlanted(Assembly& assembly, const FileSet& files);

} // namespace orrery::reading
