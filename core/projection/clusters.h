// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/model.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace orrery {

/// A row that belongs to no cluster.
inline constexpr std::uint32_t noCluster = std::numeric_limits<std::uint32_t>::max();

/// Rows of vectors in groups. Named as regions are: countRegionTerms(clusterOf, clusters, ...), nameRegions().
struct Clusters {
    std::size_t clusters = 0;
    std::vector<std::uint32_t> clusterOf; ///< of each row, below `clusters`, or noCluster
};

struct KMeansConfig {
    int clusters = 12;    ///< 1 to 10,000, and no more than there are rows
    int starts = 4;       ///< tried; the one of the least inertia is kept, 1 to 100
    int mostRounds = 100; ///< of each start, 1 to 10,000
};

struct KMeans {
    Clusters clusters;  ///< every row has one
    Matrix centres;     ///< [clusters x length]
    double inertia = 0; ///< sum of the squared Euclidean distances of the rows to their centres
    int rounds = 0;     ///< of the start that was kept
};

/// k-means by Lloyd's algorithm (IEEE Trans. Inf. Theory 1982) from starts by k-means++ (Arthur & Vassilvitskii, SODA
/// 2007). A cluster that loses all rows takes the row that is farthest from its centre. Sums go by fixed chunks: the
/// same bits on any number of threads. O(starts x rounds x rows x clusters x length); 64 sums of the centres in double.
/// Errors: InvalidArgument for a config out of range or vectors that are not finite, Cancelled.
[[nodiscard]] ORRERY_API Result<KMeans> kMeans(MatrixView vectors, const KMeansConfig& config, const JobContext& job);

/// The same from these centres [clusters x length], until no row moves or after so many rounds.
[[nodiscard]] ORRERY_API Result<KMeans> kMeansFrom(MatrixView vectors, Matrix centres, int mostRounds,
                                                   const JobContext& job);

struct DensityClusterConfig {
    int fewestRows = 15; ///< of a cluster, 2 or more
    int coreRows = 10;   ///< a row's core distance is that to so many rows, itself among them, 1 to `neighbours` + 1
    int neighbours = 30; ///< of each row, that may join it to a cluster, 1 or more
};

/// Clusters of any shape, where vectors lie denser than around; what lies thin belongs to none. In the manner of
/// HDBSCAN (Campello, Moulavi & Sander, PAKDD 2013): single linkage over mutual reachability distances, condensed to
/// clusters of at least so many rows, of which the most stable are chosen; all rows together are never one. The
/// distances looked at are those between neighbours only: what they do not connect is joined last of all. With all
/// rows as neighbours it is HDBSCAN itself. Largest cluster first, of equal ones that of the first row.
///
/// Cosine means Euclidean distance of vectors of length one. Neighbours are exact up to 10,000 rows, beyond they come
/// from an HnswIndex. Errors: InvalidArgument for a config out of range, for Dot, which is no distance, or vectors that
/// are not finite; OutOfMemory, Cancelled.
[[nodiscard]] ORRERY_API Result<Clusters> densityClusters(MatrixView vectors, SpaceMetric metric,
                                                          const DensityClusterConfig& config, const JobContext& job);

} // namespace orrery
