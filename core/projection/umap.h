// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/fuzzy_graph.h"
#include "core/projection/projection.h"

namespace orrery {

struct UmapConfig {
    int neighbours = 15; ///< of each row, with itself
    float minDist = .1F;
    float spread = 1;
    int epochs = 0;    ///< 0: 500 up to 10,000 rows, 200 beyond
    int negatives = 5; ///< rows drawn for each neighbour that attracts
    float learningRate = 1;

    [[nodiscard]] int epochsFor(std::size_t rows) const { return epochs > 0 ? epochs : rows <= 10'000 ? 500 : 200; }
};

/// Of 1 / (1 + a d^(2b)): how near two points at distance d count as.
struct UmapCurve {
    double a = 1;
    double b = 1;
};

/// The curve nearest (least squares at 300 places from 0 to 3 spread) to 1 up to minDist and exp(-(d - minDist) /
/// spread) beyond; spread > 0, minDist in [0, 3 spread).
[[nodiscard]] ORRERY_API UmapCurve fitCurve(double minDist, double spread);

/// UMAP's optimization (McInnes, Healy & Melville 2018, algorithm 5): neighbours attract each other as often as their
/// weight says, and random rows push each away. `layout` is where it begins; `drawn` as in ProjectionInput.
///
/// umap-learn moves both ends of an edge, edge after edge: on threads, whoever comes first. Here a row walks all its
/// edges of an epoch by itself, and takes its share of both directions of each, so that nobody else writes to it. Rows
/// are dealt into 16 groups that move one after the other; those of a group move at once, each from where the others
/// were before their turn. So the threads decide nothing. Sixteen turns keep a little more neighbours than one does
/// (.0737 against .0706 of 62,000 vectors, .525 against .523 of 1797 digits) at the same trustworthiness; they cost
/// time only where rows are few. What a row draws depends on the seed, the epoch and the row alone. Errors: Cancelled.
[[nodiscard]] ORRERY_API Status optimizeUmap(const SymmetricGraph& graph, const UmapConfig& config, Layout& layout,
                                             const std::function<void(const Layout&)>& drawn, const JobContext& job);

[[nodiscard]] ProjectionMethod umapMethod();

} // namespace orrery
