// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/clusters.h"
#include "core/projection/item_map.h"

#include <string>

namespace orrery {

/// How items are put into groups by their vectors.
struct ClusterPlan {
    enum class By { KMeans, Density };
    By by = By::KMeans;
    int clusters = 12;    ///< of k-means
    int fewestItems = 15; ///< of a cluster by density
};

/// One tag for each item of the map that is in a cluster: the cluster's name, as regions are named (region_labels.h).
/// By cosine, vectors are brought to length one first. Items of no cluster, and those that are not on the map, have no
/// tag. The column is called `name`. Errors: as kMeans, densityClusters and countRegionTerms.
[[nodiscard]] ORRERY_API Result<AttributeColumn> clusterColumn(const ItemMap& map, const ItemTerms& terms,
                                                               const ClusterPlan& plan, const std::string& name,
                                                               const JobContext& job);

} // namespace orrery
