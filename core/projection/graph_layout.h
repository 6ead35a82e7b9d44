// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/neighbour_graph.h"
#include "core/projection/projection.h"
#include "core/projection/symmetric_graph.h"

#include <functional>

namespace orrery {

/// What UMAP and t-SNE go through alike: a first picture, a graph of neighbours, and a layout that is moved by it.
struct GraphLayout {
    /// Brings a layout that was given, or the two first principal components, to the size that moving begins with.
    std::function<Layout(std::span<const MapPoint> layout, bool given, const JobContext& job)> scaled;
    std::size_t neighbours = 0; ///< of each row; all others where there are fewer
    std::function<Result<SymmetricGraph>(const NeighbourGraph& graph, const JobContext& job)> weighted;
    std::function<Status(const SymmetricGraph& graph, Layout& layout, const JobContext& job)> moved;
    double graphUntil = .5; ///< the share of the work that the graph takes

    /// Takes the neighbours from `input.graph` where it holds enough of them. Errors: those of its parts.
    [[nodiscard]] Result<Layout> run(const ProjectionInput& input, const JobContext& job) const;
};

} // namespace orrery
