// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"
#include "core/projection/point_grid.h"
#include "core/projection/projection.h"
#include "core/projection/region_labels.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery {

/// The items that a model has vectors for, as the points of a map. Point p is items[p].
struct ORRERY_API ItemMap {
    ModelPtr model; ///< keeps the vectors alive
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

} // namespace orrery
