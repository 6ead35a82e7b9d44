// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace orrery {

class Artifact;

/// A matrix of people and items as part of a stored model: "rows" and "columns" (their numbers), "row-sizes",
/// "row-items" and "row-values".
void saveRows(Artifact& artifact, const SparseMatrix& matrix);
/// Rows ascend. Errors: Corrupt.
[[nodiscard]] Result<SparseMatrix> loadRows(const Artifact& artifact);

} // namespace orrery
