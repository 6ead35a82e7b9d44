// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/neighbour_graph.h"

namespace orrery {

/// How much two rows have to do with each other: symmetric, by rows. The others of row r and their weights are at
/// [starts[r], starts[r + 1]), ascending.
struct SymmetricGraph {
    std::vector<std::size_t> starts; ///< [rows + 1]
    std::vector<std::uint32_t> others;
    std::vector<float> weights; ///< > 0

    [[nodiscard]] std::size_t rows() const { return starts.empty() ? 0 : starts.size() - 1; }
};

/// Of a graph whose edge e has `weights[e]` (in the order of graph.others): the edges of either direction, each of
/// weight combine(there, back), where a direction that is missing is 0; `combine` is symmetric. Edges of weight 0 are
/// left out. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<SymmetricGraph> symmetrized(const NeighbourGraph& graph, std::span<const float> weights,
                                                            float (*combine)(float there, float back),
                                                            const JobContext& job);

} // namespace orrery
