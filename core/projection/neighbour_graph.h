// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/model.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// The nearest others of each row, nearest first; of equally near ones the lower row.
struct NeighbourGraph {
    std::size_t count = 0;             ///< neighbours of each row
    std::vector<std::uint32_t> others; ///< [rows x count]
    /// [rows x count], >= 0: 1 - cosine, the Euclidean distance, or by how much a dot product stays below the largest
    /// of the graph.
    std::vector<float> distances;

    [[nodiscard]] std::size_t rows() const { return count == 0 ? 0 : others.size() / count; }
    [[nodiscard]] std::span<const std::uint32_t> othersOf(std::size_t row) const
    {
        return std::span(others).subspan(row * count, count);
    }
    [[nodiscard]] std::span<const float> distancesOf(std::size_t row) const
    {
        return std::span(distances).subspan(row * count, count);
    }
};

/// The `count` nearest others of each row, or all others where there are fewer. Up to 4096 rows by looking at each
/// pair, beyond by an HnswIndex, which may miss some. The same on any number of threads: the index is linked by one,
/// and no row's search depends on another's. Errors: InvalidArgument for vectors that are not finite, OutOfMemory,
/// Cancelled.
[[nodiscard]] ORRERY_API Result<NeighbourGraph> nearestNeighbours(MatrixView vectors, SpaceMetric metric,
                                                                  std::size_t count, const JobContext& job);

/// The `count` nearest of each row only; `count` <= graph.count.
[[nodiscard]] ORRERY_API NeighbourGraph nearestOf(const NeighbourGraph& graph, std::size_t count);

} // namespace orrery
