// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/graph_layout.h"

#include "core/projection/pca.h"

#include <algorithm>

namespace orrery {
namespace {

Result<NeighbourGraph> neighboursOf(const ProjectionInput& input, std::size_t wanted, const JobContext& job)
{
    const std::size_t others = std::min(wanted, input.vectors.rows - 1);
    if (input.graph && input.graph->count >= others)
        return nearestOf(*input.graph, others);
    return nearestNeighbours(input.vectors, input.metric, others, job);
}

Result<Layout> startOf(const GraphLayout& method, const ProjectionInput& input, const JobContext& job)
{
    if (!input.start.empty())
        return method.scaled(input.start, true, job);
    return principalComponents(input.vectors, input.metric, job).map([&](const PrincipalComponents& found) {
        return method.scaled(found.layout, false, job);
    });
}

} // namespace

Result<Layout> GraphLayout::run(const ProjectionInput& input, const JobContext& job) const
{
    auto layout = startOf(*this, input, job.part(0, .02));
    if (!layout || layout->size() < 2)
        return layout;
    if (input.drawn)
        input.drawn(*layout);
    const JobContext linking = job.part(.02, graphUntil);
    const auto graph = neighboursOf(input, neighbours, linking).and_then([&](const NeighbourGraph& found) {
        return weighted(found, linking);
    });
    if (!graph)
        return tl::unexpected(graph.error());
    if (const auto done = moved(*graph, *layout, job.part(graphUntil, 1)); !done)
        return tl::unexpected(done.error());
    return layout;
}

} // namespace orrery
