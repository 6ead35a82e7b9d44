// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"
#include "core/pipeline/recommender.h"
#include "core/projection/point_grid.h"
#include "core/projection/projection.h"
#include "core/projection/region_labels.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery {

/// The items that a model has vectors for, as the points of a map. Point p is items[p]. A map of people holds them in
/// the place of items, as peopleAsItems() does: items[p] is then a person's number.
struct ORRERY_API ItemMap {
    ModelPtr model;    ///< keeps the vectors alive
    VectorSpace space; ///< of the model's items, or of its people
    std::vector<ItemIndex> items;
    std::vector<std::uint32_t> points; ///< by item; noPoint where the model has no vector
    std::shared_ptr<const PointGrid> grid;

    static constexpr std::uint32_t noPoint = ~std::uint32_t{0};
    [[nodiscard]] std::optional<std::uint32_t> pointOf(ItemIndex item) const
    {
        return item.value < points.size() && points[item.value] != noPoint ? std::optional(points[item.value])
                                                                           : std::nullopt;
    }
};

/// Items whose vector is not all zeros; without points yet.
[[nodiscard]] ORRERY_API ItemMap mappedItems(const ModelPtr& model);
/// The same of the people that the model was trained on.
[[nodiscard]] ORRERY_API ItemMap mappedPeople(const ModelPtr& model);
/// With the places of a layout, one for each of its items.
[[nodiscard]] ORRERY_API ItemMap placed(ItemMap map, const Layout& layout);
/// Their vectors, in the order of the items.
[[nodiscard]] ORRERY_API Matrix vectorsOf(const ItemMap& map);

/// A region of the map and what its items are: "noir & crime".
struct NamedRegion {
    MapPoint at;
    std::string words;
    float prominence = 0;
};
/// At most `most`, the most prominent first. `map` has points. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<NamedRegion>> namedRegions(const ItemMap& map, const ItemTerms& terms,
                                                                       std::size_t most, const JobContext& job);

/// Trustworthiness of the map over 10 neighbours, of a seeded sample of 500 items (projection_trust.h): what the window
/// and the command line say. Errors: InvalidArgument with too few items, Cancelled.
[[nodiscard]] ORRERY_API Result<double> trustOf(const ItemMap& map, const JobContext& job);
/// Of each item of the model, the share of its 10 nearest that are among its 10 nearest on the map, in [0, 1]; NaN of
/// those that are not on it. Errors: InvalidArgument, OutOfMemory, Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<float>> keptOf(const ItemMap& map, const JobContext& job);

/// Where a person belongs among the items, and what is recommended to them, both as points.
struct PersonOnMap {
    /// The median of the places of the 15 items nearest to the person's vector, of a model without vectors of people of
    /// what is recommended; none where there is neither. A median, as a few far away should not draw the person
    /// between two regions.
    std::optional<MapPoint> at;
    std::vector<std::uint32_t> recommended; ///< best first, at most 10
};
/// `recommender` is that of map.model, and `map` is one of items and has points. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<PersonOnMap> personOnMap(const ItemMap& map, const Recommender& recommender,
                                                         const Query& query, const JobContext& job);

} // namespace orrery
