// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/item_map.h"

#include <algorithm>

namespace orrery {

ItemMap mappedItems(const ModelPtr& model)
{
    ItemMap map{model, {}, {}, {}};
    const MatrixView vectors = model->itemSpace().vectors;
    map.points.assign(vectors.rows, ItemMap::noPoint);
    for (std::uint32_t row = 0; row < vectors.rows; ++row)
        if (std::ranges::any_of(vectors.row(row), [](float value) { return value != 0; })) {
            map.points[row] = static_cast<std::uint32_t>(map.items.size());
            map.items.push_back(ItemIndex{row});
        }
    return map;
}

ItemMap placed(ItemMap map, const Layout& layout)
{
    map.grid = std::make_shared<const PointGrid>(layout);
    return map;
}

Matrix vectorsOf(const ItemMap& map)
{
    const MatrixView vectors = map.model->itemSpace().vectors;
    Matrix out = Matrix::unset(map.items.size(), vectors.cols);
    for (std::size_t row = 0; row < map.items.size(); ++row)
        std::ranges::copy(vectors.row(map.items[row].value), out.row(row).begin());
    return out;
}

Result<std::vector<NamedRegion>> namedRegions(const ItemMap& map, const ItemTerms& terms, std::size_t most,
                                              const JobContext& job)
{
    std::vector<MapPoint> points;
    for (std::uint32_t point = 0; point < map.items.size(); ++point)
        points.push_back(map.grid->point(point));
    const auto density = DensityMap::build(points, {}, job);
    if (!density)
        return tl::unexpected(density.error());
    const std::size_t regions = std::min(most, density->peaks().size());
    const auto regionOfPoint = density->regionsOf(points, regions);
    std::vector<std::uint32_t> regionOfItem(terms.itemCount(), DensityMap::none);
    for (std::size_t point = 0; point < map.items.size(); ++point)
        if (map.items[point].value < regionOfItem.size())
            regionOfItem[map.items[point].value] = regionOfPoint[point];
    const auto counted = countRegionTerms(regionOfItem, regions, terms, job);
    if (!counted)
        return tl::unexpected(counted.error());
    const auto names = nameRegions(*counted, terms);
    std::vector<NamedRegion> out;
    for (std::size_t region = 0; region < regions; ++region)
        out.push_back({density->peaks()[region].at, names[region], density->peaks()[region].prominence});
    return out;
}

} // namespace orrery
