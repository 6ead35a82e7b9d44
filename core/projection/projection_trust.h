// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/neighbour_graph.h"
#include "core/projection/projection.h"

namespace orrery {

/// How far a layout may be believed: trustworthiness (Venna & Kaski, ICANN 2001). Of all n rows
///
///     T(k) = 1 - 2 / (n k (2n - 3k - 1)) sum over i of sum over the k nearest j of i in the layout of
///            max(0, r(i, j) - k)
///
/// where j is the r(i, j)-th nearest other of i among the vectors; of equally near ones the lower row comes first. 1:
/// no neighbour on the map is a false one; about .5 for places at random. Of a seeded sample of `sample` rows (0: all)
/// each is compared with all n, and n before the sum is the size of the sample. O(sample x rows x length). Errors:
/// InvalidArgument for a layout that does not fit, or unless 1 <= k < rows / 2; Cancelled.
[[nodiscard]] ORRERY_API Result<double> trustworthiness(MatrixView vectors, SpaceMetric metric,
                                                        std::span<const MapPoint> layout, std::size_t k,
                                                        std::size_t sample, const JobContext& job);

/// Of each row, the share of its k = graph.count true neighbours that are among its k nearest on the map, in [0, 1]:
///
///     kept(i) = |N_k(i) among the vectors, and N_k(i) in the layout| / k
///
/// To be averaged, and as a colour. Errors: InvalidArgument for a layout that does not fit, Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<float>>
keptNeighbours(const NeighbourGraph& graph, std::span<const MapPoint> layout, const JobContext& job);

} // namespace orrery
