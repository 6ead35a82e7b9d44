// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

/// A place on a map; both finite.
struct MapPoint {
    float x = 0;
    float y = 0;
    bool operator==(const MapPoint&) const = default;
};

/// Left to right and top to bottom, edges included.
struct MapRect {
    float left = 0, top = 0, right = 0, bottom = 0;

    [[nodiscard]] bool holds(MapPoint point) const
    {
        return point.x >= left && point.x <= right && point.y >= top && point.y <= bottom;
    }
    bool operator==(const MapRect&) const = default;
};

/// The points of a map, sorted into the cells of a square grid so that those of a region are found without looking at
/// all. A point keeps the id it was given by its place; its position here is its slot. 12 bytes a point, and at most
/// one more for the cells. Immutable, safe to ask from many threads.
class ORRERY_API PointGrid {
public:
    PointGrid() = default;
    /// O(n).
    explicit PointGrid(std::span<const MapPoint> points);

    [[nodiscard]] std::size_t size() const { return m_points.size(); }
    [[nodiscard]] std::span<const MapPoint> points() const { return m_points; } ///< by slot
    [[nodiscard]] std::span<const std::uint32_t> ids() const { return m_ids; }  ///< by slot
    [[nodiscard]] std::uint32_t slotOf(std::uint32_t id) const { return m_slots[id]; }
    [[nodiscard]] MapPoint point(std::uint32_t id) const { return m_points[m_slots[id]]; }
    /// The smallest that holds all points.
    [[nodiscard]] MapRect bounds() const { return m_bounds; }

    /// visit(first, last): stretches of slots that together hold every point of the rectangle, and some around it.
    void visit(const MapRect& rect, const std::function<void(std::size_t first, std::size_t last)>& visit) const;
    /// How many points the cells that touch the rectangle hold: at least those inside. O(rows of cells).
    [[nodiscard]] std::size_t countNear(const MapRect& rect) const;
    /// Id of the nearest point at most `radius` away; of equally near ones the lowest.
    [[nodiscard]] std::optional<std::uint32_t> nearest(MapPoint to, float radius) const;
    /// Ids in the rectangle, ascending.
    [[nodiscard]] std::vector<std::uint32_t> inside(const MapRect& rect) const;
    /// Ids in a polygon (even-odd; its last corner is joined to the first), ascending.
    [[nodiscard]] std::vector<std::uint32_t> inside(std::span<const MapPoint> polygon) const;

private:
    [[nodiscard]] std::size_t columnOf(float x) const;
    [[nodiscard]] std::size_t rowOf(float y) const;

    std::vector<MapPoint> m_points;
    std::vector<std::uint32_t> m_ids, m_slots;
    std::vector<std::uint32_t> m_starts; ///< of each cell, row by row, and the end
    std::size_t m_side = 0;              ///< cells in a row, and rows
    MapRect m_bounds;
};

} // namespace orrery
