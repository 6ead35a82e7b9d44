// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/hubs.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr std::size_t rowsPerCheck = 1 << 16;
constexpr double shareOfSearch = .98, hubDeviations = 2;

Status countOccurrences(const NeighbourGraph& graph, Hubness& hubness, const JobContext& job)
{
    hubness.occurrences.assign(graph.rows(), 0);
    for (std::size_t row = 0; row < graph.rows(); ++row) {
        if (row % rowsPerCheck == 0)
            if (auto go = job.check(); !go)
                return go;
        for (const std::uint32_t other : graph.othersOf(row))
            ++hubness.occurrences[other];
    }
    return {};
}

void measure(Hubness& hubness)
{
    if (hubness.occurrences.empty())
        return;
    double squares = 0, cubes = 0;
    for (const std::uint32_t occurrences : hubness.occurrences) {
        const double apart = static_cast<double>(occurrences) - static_cast<double>(hubness.count);
        squares += apart * apart;
        cubes += apart * apart * apart;
    }
    const auto rows = static_cast<double>(hubness.occurrences.size());
    hubness.deviation = std::sqrt(squares / rows);
    if (hubness.deviation > 0)
        hubness.skewness = cubes / rows / (hubness.deviation * hubness.deviation * hubness.deviation);
}

void nameExtremes(Hubness& hubness)
{
    const double many = static_cast<double>(hubness.count) + hubDeviations * hubness.deviation;
    for (std::uint32_t row = 0; row < hubness.occurrences.size(); ++row) {
        if (static_cast<double>(hubness.occurrences[row]) > many)
            hubness.hubs.push_back(row);
        if (hubness.occurrences[row] == 0)
            hubness.orphans.push_back(row);
    }
    std::ranges::stable_sort(hubness.hubs, std::greater{}, [&](std::uint32_t row) { return hubness.occurrences[row]; });
}

} // namespace

Result<Hubness> hubnessOf(const NeighbourGraph& graph, const JobContext& job)
{
    Hubness hubness;
    hubness.count = graph.count;
    if (auto counted = countOccurrences(graph, hubness, job); !counted)
        return tl::unexpected(counted.error());
    measure(hubness);
    nameExtremes(hubness);
    return hubness;
}

Result<Hubness> hubsOf(const ItemMap& map, std::size_t k, const JobContext& job)
{
    if (k == 0)
        return error(Code::InvalidArgument, "Hubs are counted among at least one neighbour of each item");
    const Matrix vectors = vectorsOf(map);
    const auto graph = nearestNeighbours(vectors.view(), map.space.metric, k, job.part(0, shareOfSearch));
    if (!graph)
        return tl::unexpected(graph.error());
    return hubnessOf(*graph, job.part(shareOfSearch, 1));
}

} // namespace orrery
