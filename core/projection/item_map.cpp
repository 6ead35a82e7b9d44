// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/item_map.h"

#include "core/projection/alignment.h"
#include "core/projection/projection_trust.h"
#include "core/retrieval/vector_search.h"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

constexpr std::size_t trustNeighbours = 10, trustSample = 500;
constexpr std::size_t nearItems = 15, recommendedItems = 10;

std::optional<MapPoint> medianOf(const ItemMap& map, const std::vector<std::uint32_t>& points)
{
    if (points.empty())
        return {};
    std::vector<float> xs, ys;
    for (const std::uint32_t point : points) {
        xs.push_back(map.grid->point(point).x);
        ys.push_back(map.grid->point(point).y);
    }
    const auto middle = static_cast<std::ptrdiff_t>(points.size() / 2);
    std::ranges::nth_element(xs, xs.begin() + middle);
    std::ranges::nth_element(ys, ys.begin() + middle);
    return MapPoint{xs[points.size() / 2], ys[points.size() / 2]};
}

ItemMap mapped(const ModelPtr& model, const VectorSpace& space)
{
    ItemMap map{model, space, {}, {}, {}};
    const MatrixView vectors = space.vectors;
    map.points.assign(vectors.rows, ItemMap::noPoint);
    for (std::uint32_t row = 0; row < vectors.rows; ++row)
        if (std::ranges::any_of(vectors.row(row), [](float value) { return value != 0; })) {
            map.points[row] = static_cast<std::uint32_t>(map.items.size());
            map.items.push_back(ItemIndex{row});
        }
    return map;
}

} // namespace

ItemMap mappedItems(const ModelPtr& model) { return mapped(model, model->itemSpace()); }
ItemMap mappedPeople(const ModelPtr& model) { return mapped(model, model->personSpace()); }

ItemMap placed(ItemMap map, const Layout& layout)
{
    map.grid = std::make_shared<const PointGrid>(layout);
    return map;
}

Matrix vectorsOf(const ItemMap& map)
{
    const MatrixView vectors = map.space.vectors;
    Matrix out = Matrix::unset(map.items.size(), vectors.cols);
    for (std::size_t row = 0; row < map.items.size(); ++row)
        std::ranges::copy(vectors.row(map.items[row].value), out.row(row).begin());
    return out;
}

Result<std::vector<NamedRegion>> namedRegions(const ItemMap& map, const ItemTerms& terms, std::size_t most,
                                              const JobContext& job)
{
    const Layout points = layoutOf(map);
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

Result<double> trustOf(const ItemMap& map, const JobContext& job)
{
    const Matrix rows = vectorsOf(map);
    return trustworthiness(rows.view(), map.space.metric, layoutOf(map), trustNeighbours, trustSample, job);
}

Result<std::vector<float>> keptOf(const ItemMap& map, const JobContext& job)
{
    const Matrix rows = vectorsOf(map);
    const auto graph = nearestNeighbours(rows.view(), map.space.metric, trustNeighbours, job);
    if (!graph)
        return tl::unexpected(graph.error());
    const auto shares = keptNeighbours(*graph, layoutOf(map), job);
    if (!shares)
        return tl::unexpected(shares.error());
    std::vector<float> byItem(map.points.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t point = 0; point < map.items.size(); ++point)
        byItem[map.items[point].value] = (*shares)[point];
    return byItem;
}

Result<PersonOnMap> personOnMap(const ItemMap& map, const Recommender& recommender, const Query& query,
                                const JobContext& job)
{
    PersonOnMap out;
    std::vector<std::uint32_t> around;
    const VectorSpace& space = map.space;
    const auto reader = map.model->read(query);
    if (!reader->vector().empty() && reader->vector().size() == space.vectors.cols) {
        const auto near = ExactSearch(space.vectors, SpaceMetric::Cosine).nearest(reader->vector(), nearItems, job);
        if (!near)
            return tl::unexpected(near.error());
        for (const Near& one : *near)
            if (const auto point = map.pointOf(ItemIndex{one.row}))
                around.push_back(*point);
    }
    const auto list = recommender.recommend(query, recommendedItems, TrailLevel::None, job);
    if (!list)
        return tl::unexpected(list.error());
    for (const Recommendation& one : list->items)
        if (const auto point = map.pointOf(one.item))
            out.recommended.push_back(*point);
    out.at = medianOf(map, around.empty() ? out.recommended : around);
    return out;
}

} // namespace orrery
