// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/item_clusters.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

void normalize(Matrix& rows)
{
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        double square = 0;
        for (const float value : rows.row(r))
            square += static_cast<double>(value) * static_cast<double>(value);
        const auto length = static_cast<float>(std::sqrt(square));
        for (float& value : rows.row(r))
            value /= length;
    }
}

Result<Clusters> clustersOf(const ItemMap& map, const ClusterPlan& plan, const JobContext& job)
{
    Matrix rows = vectorsOf(map);
    const SpaceMetric metric = map.space.metric;
    if (plan.by == ClusterPlan::By::Density) {
        DensityClusterConfig config;
        config.fewestRows = plan.fewestItems;
        // What points one way is alike, whatever its length.
        return densityClusters(rows.view(), metric == SpaceMetric::Dot ? SpaceMetric::Cosine : metric, config, job);
    }
    if (metric != SpaceMetric::Euclidean)
        normalize(rows);
    KMeansConfig config;
    config.clusters = plan.clusters;
    return kMeans(rows.view(), config, job).map([](KMeans found) { return std::move(found.clusters); });
}

} // namespace

Result<AttributeColumn> clusterColumn(const ItemMap& map, const ItemTerms& terms, const ClusterPlan& plan,
                                      const std::string& name, const JobContext& job)
{
    const auto found = clustersOf(map, plan, job.part(0, .9));
    if (!found)
        return tl::unexpected(found.error());
    std::vector<std::uint32_t> clusterOfItem(terms.itemCount(), DensityMap::none);
    for (std::size_t point = 0; point < map.items.size(); ++point)
        if (map.items[point].value < clusterOfItem.size() && found->clusterOf[point] != noCluster)
            clusterOfItem[map.items[point].value] = found->clusterOf[point];
    const auto counted = countRegionTerms(clusterOfItem, found->clusters, terms, job.part(.9, 1));
    if (!counted)
        return tl::unexpected(counted.error());
    TagColumn column;
    std::vector<std::uint32_t> tagOf;
    for (const std::string& words : nameRegions(*counted, terms))
        tagOf.push_back(column.vocabulary.add(words));
    for (const std::uint32_t cluster : clusterOfItem) {
        if (cluster != DensityMap::none)
            column.tags.push_back(tagOf[cluster]);
        column.starts.push_back(static_cast<std::uint32_t>(column.tags.size()));
    }
    return AttributeColumn{name, std::move(column)};
}

} // namespace orrery
