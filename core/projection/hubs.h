// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/item_map.h"
#include "core/projection/neighbour_graph.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery {

/// Which rows of a vector space are everyone's neighbours, and which are nobody's. In many dimensions a few rows are
/// among the nearest of very many, whatever these are (Radovanovic, Nanopoulos & Ivanovic, "Hubs in Space", JMLR 11,
/// 2010): a list of similar items that shows them says little.
struct Hubness {
    std::size_t count = 0;                  ///< k: neighbours of each row
    std::vector<std::uint32_t> occurrences; ///< N_k of each row: how many others have it among their k nearest; mean k
    double deviation = 0;                   ///< of N_k, standard
    /// Of N_k: E[(N_k - k)^3] / deviation^3. About 0 without hubs, above 1 with strong ones; 0 where all are equal.
    double skewness = 0;
    std::vector<std::uint32_t> hubs;    ///< rows with N_k above k + 2 deviations, most first, ties by row
    std::vector<std::uint32_t> orphans; ///< rows with N_k = 0 (anti-hubs), ascending
};

/// O(rows x k). Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<Hubness> hubnessOf(const NeighbourGraph& graph, const JobContext& job);

/// Of the items of a map, by their vectors: row p is map.items[p]. `map` needs no points. Neighbours as
/// nearestNeighbours() finds them, so exactly for up to 4096 items; the same on any number of threads. Errors:
/// InvalidArgument (k of 0, vectors that are not finite), OutOfMemory, Cancelled.
[[nodiscard]] ORRERY_API Result<Hubness> hubsOf(const ItemMap& map, std::size_t k, const JobContext& job);

} // namespace orrery
