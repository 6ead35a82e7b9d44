// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrieval/hnsw_index.h"

#include <vector>

namespace orrery {

/// What an index finds, and how quickly, when it looks at so many candidates.
struct TradeOff {
    int candidates = 0;
    double recall = 0;           ///< share of n that are as near as the true n nearest, in [0, 1]
    double queriesPerSecond = 0; ///< of one thread, on this machine, now
};

/// Asks for the n nearest others of a seeded sample of `queries` rows, once for each number of candidates, and compares
/// them with the exact ones. `vectors` are those the index was built of. Errors: InvalidArgument for no vectors or n
/// of 0, Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<TradeOff>>
measureTradeOff(const HnswIndex& index, MatrixView vectors, SpaceMetric metric, std::size_t n, std::size_t queries,
                std::span<const int> candidates, const JobContext& job);

} // namespace orrery
