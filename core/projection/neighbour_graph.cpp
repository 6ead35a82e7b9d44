// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/neighbour_graph.h"

#include "core/base/parallel.h"
#include "core/retrieval/hnsw_index.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>

namespace orrery {
namespace {

constexpr std::size_t mostExact = 4096, rowsPerChunk = 64;
constexpr double shareOfLinking = .8;

using Search = std::function<std::vector<Near>(std::uint32_t row)>;

double squareOf(std::span<const float> vector)
{
    double sum = 0;
    for (const float value : vector)
        sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
}

/// From differences, in double: similarities in float would tell near ones from equal ones no more.
double distanceOf(std::span<const float> a, std::span<const float> b, SpaceMetric metric)
{
    double scaleA = 1, scaleB = 1;
    if (metric == SpaceMetric::Cosine) {
        const double squareA = squareOf(a), squareB = squareOf(b);
        if (squareA == 0 || squareB == 0)
            return 1;
        scaleA = 1 / std::sqrt(squareA);
        scaleB = 1 / std::sqrt(squareB);
    }
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d) {
        const double apart = scaleA * static_cast<double>(a[d]) - scaleB * static_cast<double>(b[d]);
        sum += apart * apart;
    }
    return metric == SpaceMetric::Cosine ? sum / 2 : std::sqrt(sum);
}

/// Fills in the row's others; distances of Dot are minus the product as yet.
void fill(NeighbourGraph& graph, std::size_t row, std::vector<Near> found, MatrixView vectors, SpaceMetric metric)
{
    for (Near& near : found)
        if (metric != SpaceMetric::Dot)
            near.similarity = -static_cast<float>(distanceOf(vectors.row(row), vectors.row(near.row), metric));
    std::ranges::sort(found, isNearer);
    for (std::size_t i = 0; i < graph.count; ++i) {
        graph.others[row * graph.count + i] = found[i].row;
        graph.distances[row * graph.count + i] = -found[i].similarity;
    }
}

Status searchAll(NeighbourGraph& graph, MatrixView vectors, SpaceMetric metric, const JobContext& job,
                 const Search& search)
{
    std::atomic<std::size_t> searched{0};
    return parallelFor(job, vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last && !job.cancelled(); ++row)
            if (auto found = search(static_cast<std::uint32_t>(row)); found.size() >= graph.count)
                fill(graph, row, std::move(found), vectors, metric);
        searched += last - first;
        job.progress(static_cast<double>(searched) / static_cast<double>(vectors.rows), "finding neighbours");
    });
}

Status searchExactly(NeighbourGraph& graph, MatrixView vectors, SpaceMetric metric, const JobContext& job)
{
    const auto exact = ExactSearch::screened(vectors, metric, job);
    if (!exact)
        return tl::unexpected(exact.error());
    return searchAll(graph, vectors, metric, job, [&](std::uint32_t row) {
        return exact->nearest(vectors.row(row), graph.count, job, row).value_or(std::vector<Near>{});
    });
}

/// Rows from which the index finds too few others: it need not be connected.
Status searchLost(NeighbourGraph& graph, MatrixView vectors, SpaceMetric metric, const JobContext& job,
                  const std::vector<char>& lost)
{
    const ExactSearch exact(vectors, metric);
    for (std::uint32_t row = 0; row < vectors.rows; ++row) {
        if (!lost[row])
            continue;
        auto found = exact.nearest(vectors.row(row), graph.count, job, row);
        if (!found)
            return tl::unexpected(found.error());
        fill(graph, row, std::move(*found), vectors, metric);
    }
    return {};
}

Status searchByIndex(NeighbourGraph& graph, MatrixView vectors, SpaceMetric metric, const JobContext& job)
{
    HnswConfig config;
    config.candidates = std::max(config.candidates, static_cast<int>(2 * graph.count));
    const auto index = HnswIndex::build(vectors, metric, config, job.part(0, shareOfLinking));
    if (!index)
        return tl::unexpected(index.error());
    std::vector<char> lost(vectors.rows);
    auto done = searchAll(graph, vectors, metric, job.part(shareOfLinking, 1), [&](std::uint32_t row) {
        auto found = index->nearest(vectors.row(row), graph.count, row);
        lost[row] = found.size() < graph.count;
        return found;
    });
    return done ? searchLost(graph, vectors, metric, job, lost) : done;
}

} // namespace

Result<NeighbourGraph> nearestNeighbours(MatrixView vectors, SpaceMetric metric, std::size_t count,
                                         const JobContext& job)
{
    NeighbourGraph graph{std::min(count, vectors.rows - std::min<std::size_t>(1, vectors.rows))};
    graph.others.resize(vectors.rows * graph.count);
    graph.distances.resize(graph.others.size());
    if (graph.count == 0)
        return graph;
    const auto searched = vectors.rows <= mostExact ? searchExactly(graph, vectors, metric, job)
                                                    : searchByIndex(graph, vectors, metric, job);
    if (!searched)
        return tl::unexpected(searched.error());
    if (metric == SpaceMetric::Dot) {
        const float least = *std::ranges::min_element(graph.distances);
        for (float& distance : graph.distances)
            distance -= least;
    }
    return graph;
}

NeighbourGraph nearestOf(const NeighbourGraph& graph, std::size_t count)
{
    NeighbourGraph nearest{count};
    for (std::size_t row = 0; row < graph.rows(); ++row) {
        const auto others = graph.othersOf(row).first(count);
        const auto distances = graph.distancesOf(row).first(count);
        nearest.others.insert(nearest.others.end(), others.begin(), others.end());
        nearest.distances.insert(nearest.distances.end(), distances.begin(), distances.end());
    }
    return nearest;
}

} // namespace orrery
