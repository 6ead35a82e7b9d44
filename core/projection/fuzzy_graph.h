// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/symmetric_graph.h"

namespace orrery {

/// How surely two rows are neighbours, in (0, 1]: the fuzzy simplicial set of UMAP (McInnes, Healy & Melville 2018,
/// algorithms 2 and 3), as umap-learn makes it of a graph of k - 1 others, itself being each row's first neighbour:
///
///     w(j | i) = exp(-max(0, d_ij - rho_i) / sigma_i)
///     w(i, j)  = w(j | i) + w(i | j) - w(j | i) w(i | j)
///
/// rho_i is the row's smallest distance above 0, and sigma_i is such that its weights sum to log2(k), within 1e-5; it
/// is at least a thousandth of the row's mean distance, or where all are 0 of the graph's. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<SymmetricGraph> fuzzyUnion(const NeighbourGraph& graph, const JobContext& job);

} // namespace orrery
