// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/point_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr double pointsPerCell = 8;
constexpr std::size_t mostCells = 1024; // in a row

std::size_t cellOf(float value, float low, float high, std::size_t cells)
{
    if (!(value > low))
        return 0;
    const auto cell = static_cast<double>(value - low) / static_cast<double>(high - low) * static_cast<double>(cells);
    return std::min(cells - 1, static_cast<std::size_t>(cell));
}

MapRect boundsOf(std::span<const MapPoint> points)
{
    if (points.empty())
        return {};
    MapRect bounds{points[0].x, points[0].y, points[0].x, points[0].y};
    for (const MapPoint point : points) {
        bounds.left = std::min(bounds.left, point.x);
        bounds.right = std::max(bounds.right, point.x);
        bounds.top = std::min(bounds.top, point.y);
        bounds.bottom = std::max(bounds.bottom, point.y);
    }
    return bounds;
}

float squaredDistance(MapPoint a, MapPoint b) { return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y); }

/// The edges of a polygon by the rows of a grid that they cross: a point meets only those of its own row.
class EdgesByRow {
public:
    EdgesByRow(std::span<const MapPoint> polygon, const MapRect& bounds, std::size_t rows)
        : m_rows(rows), m_bounds(bounds)
    {
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            const MapPoint from = polygon[i], to = polygon[(i + 1) % polygon.size()];
            const std::size_t last = rowOf(std::max(from.y, to.y));
            for (std::size_t row = rowOf(std::min(from.y, to.y)); row <= last; ++row)
                m_rows[row].push_back({from, to});
        }
    }

    [[nodiscard]] bool holds(MapPoint point) const
    {
        bool inside = false;
        for (const auto& [a, b] : m_rows[rowOf(point.y)])
            if ((a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x)
                inside = !inside;
        return inside;
    }

private:
    struct Edge {
        MapPoint a, b;
    };
    [[nodiscard]] std::size_t rowOf(float y) const { return cellOf(y, m_bounds.top, m_bounds.bottom, m_rows.size()); }

    std::vector<std::vector<Edge>> m_rows;
    MapRect m_bounds;
};

} // namespace

PointGrid::PointGrid(std::span<const MapPoint> points)
    : m_points(points.size()), m_ids(points.size()), m_slots(points.size()), m_bounds(boundsOf(points))
{
    const double cells = std::sqrt(static_cast<double>(points.size()) / pointsPerCell);
    m_side = std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(cells)), 1, mostCells);
    const auto cellOfPoint = [this](MapPoint point) { return rowOf(point.y) * m_side + columnOf(point.x); };
    m_starts.assign(m_side * m_side + 1, 0);
    for (const MapPoint point : points)
        ++m_starts[cellOfPoint(point) + 1];
    for (std::size_t cell = 0; cell + 1 < m_starts.size(); ++cell)
        m_starts[cell + 1] += m_starts[cell];
    std::vector<std::uint32_t> next(m_starts.begin(), m_starts.end() - 1);
    for (std::uint32_t id = 0; id < points.size(); ++id) {
        const std::uint32_t slot = next[cellOfPoint(points[id])]++;
        m_points[slot] = points[id];
        m_ids[slot] = id;
        m_slots[id] = slot;
    }
}

std::size_t PointGrid::columnOf(float x) const { return cellOf(x, m_bounds.left, m_bounds.right, m_side); }

std::size_t PointGrid::rowOf(float y) const { return cellOf(y, m_bounds.top, m_bounds.bottom, m_side); }

void PointGrid::visit(const MapRect& rect, const std::function<void(std::size_t, std::size_t)>& visit) const
{
    if (m_points.empty() || rect.left > m_bounds.right || rect.right < m_bounds.left || rect.top > m_bounds.bottom ||
        rect.bottom < m_bounds.top)
        return;
    const std::size_t left = columnOf(rect.left), right = columnOf(rect.right), bottom = rowOf(rect.bottom);
    for (std::size_t row = rowOf(rect.top); row <= bottom; ++row) {
        const std::size_t first = m_starts[row * m_side + left], last = m_starts[row * m_side + right + 1];
        if (first < last)
            visit(first, last);
    }
}

std::size_t PointGrid::countNear(const MapRect& rect) const
{
    std::size_t count = 0;
    visit(rect, [&count](std::size_t first, std::size_t last) { count += last - first; });
    return count;
}

std::optional<std::uint32_t> PointGrid::nearest(MapPoint to, float radius) const
{
    std::optional<std::uint32_t> found;
    float least = radius * radius;
    visit({to.x - radius, to.y - radius, to.x + radius, to.y + radius}, [&](std::size_t first, std::size_t last) {
        for (std::size_t slot = first; slot < last; ++slot) {
            const float distance = squaredDistance(m_points[slot], to);
            if (distance < least || (distance == least && (!found || m_ids[slot] < *found))) {
                least = distance;
                found = m_ids[slot];
            }
        }
    });
    return found;
}

std::vector<std::uint32_t> PointGrid::inside(const MapRect& rect) const
{
    std::vector<std::uint32_t> ids;
    visit(rect, [&](std::size_t first, std::size_t last) {
        for (std::size_t slot = first; slot < last; ++slot)
            if (rect.holds(m_points[slot]))
                ids.push_back(m_ids[slot]);
    });
    std::ranges::sort(ids);
    return ids;
}

std::vector<std::uint32_t> PointGrid::inside(std::span<const MapPoint> polygon) const
{
    if (polygon.size() < 3 || m_points.empty())
        return {};
    const MapRect around = boundsOf(polygon);
    const EdgesByRow edges(polygon, around, m_side);
    // Marked, not sorted: a polygon may hold nearly all points.
    std::vector<bool> marked(m_points.size());
    std::size_t count = 0;
    visit(around, [&](std::size_t first, std::size_t last) {
        for (std::size_t slot = first; slot < last; ++slot)
            if (around.holds(m_points[slot]) && edges.holds(m_points[slot])) {
                marked[m_ids[slot]] = true;
                ++count;
            }
    });
    std::vector<std::uint32_t> ids;
    ids.reserve(count);
    for (std::uint32_t id = 0; id < marked.size(); ++id)
        if (marked[id])
            ids.push_back(id);
    return ids;
}

} // namespace orrery
