// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/projection.h"
#include "core/projection/symmetric_graph.h"

namespace orrery {

struct TsneConfig {
    float perplexity = 30; ///< how many neighbours count; at most a third of the others
    int iterations = 750;  ///< the first third exaggerated
    float exaggeration = 12;
    float learningRate = 0; ///< 0: rows / exaggeration, at least 200
};

/// The affinities p_ij of t-SNE (van der Maaten & Hinton, JMLR 2008), to the given neighbours only (van der Maaten,
/// JMLR 2014):
///
///     p(j | i) = exp(-b_i d_ij^2) / sum over the neighbours k of i of exp(-b_i d_ik^2)
///     p_ij     = (p(j | i) + p(i | j)) / 2n
///
/// They sum to 1. b_i is such that the entropy of p(. | i) is log(perplexity), within 1e-5 where there is such a one.
/// d_ij^2 is the squared Euclidean distance; 1 - cosine, half the square between vectors of length 1; or by how much a
/// dot product stays below the largest. perplexity >= 1. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<SymmetricGraph> tsneAffinities(const NeighbourGraph& graph, SpaceMetric metric,
                                                               double perplexity, const JobContext& job);

/// Of KL(P || Q) = sum of p_ij log(p_ij / q_ij), where q_ij goes by 1 / (1 + |y_i - y_j|^2) and sums to 1.
struct TsneSlope {
    double divergence = 0;
    /// A quarter of its derivatives: the sum over j of (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2).
    std::vector<MapPoint> gradient;
};

/// The repulsion in it is that of cauchy_field.h, so nearly exact. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<TsneSlope> tsneSlope(const SymmetricGraph& affinities, std::span<const MapPoint> layout,
                                                     const JobContext& job);

/// Lowers that divergence from `layout` on: by gradients with momentum and a gain for each coordinate (van der Maaten
/// 2014), the momentum .8 and the learning rate rows / exaggeration in both phases (Belkina et al., Nature
/// Communications 2019; openTSNE), no step longer than 5. All affinities are `exaggeration` times as large in the first
/// third. `drawn` as in ProjectionInput; the divergence is measured as "divergence" every 50 iterations. Errors:
/// Cancelled.
[[nodiscard]] ORRERY_API Status optimizeTsne(const SymmetricGraph& affinities, const TsneConfig& config, Layout& layout,
                                             const std::function<void(const Layout&)>& drawn, const JobContext& job);

[[nodiscard]] ProjectionMethod tsneMethod();

} // namespace orrery
