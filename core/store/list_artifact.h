// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/artifact.h"
#include "core/pipeline/imported_list.h"

#include <cstddef>

namespace orrery::store {

/// Lists of somebody else's recommender as plain arrays, and back.
[[nodiscard]] Artifact toArtifact(const ImportedLists& lists);
/// Every item must be below `itemCount`. Errors: Corrupt.
[[nodiscard]] Result<ImportedLists> listsFrom(const Artifact& artifact, std::size_t itemCount);

} // namespace orrery::store
