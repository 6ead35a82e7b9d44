// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/alignment.h"

#include "core/base/rng.h"

#include <cmath>

namespace orrery {
namespace {

struct Middle {
    double x = 0, y = 0;
};

template <class PointOf> Middle middleOf(const SamePoints& same, PointOf pointOf)
{
    Middle sum;
    for (const auto& pair : same) {
        const MapPoint point = pointOf(pair);
        sum.x += static_cast<double>(point.x);
        sum.y += static_cast<double>(point.y);
    }
    const auto n = static_cast<double>(same.size());
    return {sum.x / n, sum.y / n};
}

/// y is multiplied with `mirror`, then (x, y) turned.
struct Turn {
    double cosine = 1, sine = 0, mirror = 1;
};

// The better of the best rotation and the best rotation after y was mirrored.
Turn turnFor(const Layout& layout, const Layout& reference, const SamePoints& same, Middle from, Middle to)
{
    double xx = 0, xy = 0, yx = 0, yy = 0; // sums of products: first of the layout, second of the reference
    for (const auto& [row, twin] : same) {
        const double x = static_cast<double>(layout[row].x) - from.x, y = static_cast<double>(layout[row].y) - from.y;
        const double u = static_cast<double>(reference[twin].x) - to.x,
                     v = static_cast<double>(reference[twin].y) - to.y;
        xx += x * u;
        xy += x * v;
        yx += y * u;
        yy += y * v;
    }
    // With mirror m and angle t the twins' products sum to cos t (xx + m yy) + sin t (xy - m yx), largest at the angle
    // of these two.
    const double turned = std::hypot(xx + yy, xy - yx), mirrored = std::hypot(xx - yy, xy + yx);
    if (turned == 0 && mirrored == 0)
        return {};
    if (turned >= mirrored)
        return {(xx + yy) / turned, (xy - yx) / turned, 1};
    return {(xx - yy) / mirrored, (xy + yx) / mirrored, -1};
}

} // namespace

SamePoints sharedPoints(const ItemMap& a, const ItemMap& b)
{
    SamePoints same;
    for (std::uint32_t point = 0; point < a.items.size(); ++point)
        if (const auto twin = b.pointOf(a.items[point]))
            same.emplace_back(point, *twin);
    return same;
}

Layout aligned(const Layout& layout, const Layout& reference, const SamePoints& same)
{
    if (same.size() < 2)
        return layout;
    const Middle from = middleOf(same, [&](const auto& pair) { return layout[pair.first]; });
    const Middle to = middleOf(same, [&](const auto& pair) { return reference[pair.second]; });
    const Turn turn = turnFor(layout, reference, same, from, to);
    Layout out;
    out.reserve(layout.size());
    for (const MapPoint& point : layout) {
        const double x = static_cast<double>(point.x) - from.x;
        const double y = turn.mirror * (static_cast<double>(point.y) - from.y);
        out.push_back({static_cast<float>(turn.cosine * x - turn.sine * y + to.x),
                       static_cast<float>(turn.sine * x + turn.cosine * y + to.y)});
    }
    return out;
}

Layout startLike(const ItemMap& shown, const ItemMap& map)
{
    const MapRect bounds = shown.grid->bounds();
    const float width = bounds.right - bounds.left, height = bounds.bottom - bounds.top;
    Rng rng(seedFor(1, "map.start"));
    Layout start;
    start.reserve(map.items.size());
    for (const ItemIndex item : map.items) {
        if (const auto point = shown.pointOf(item)) {
            start.push_back(shown.grid->point(*point));
            continue;
        }
        constexpr double share = .1;
        const auto off = [&rng](float side) { return side * static_cast<float>(share * (rng.uniform() - .5)); };
        const float x = bounds.left + width / 2 + off(width);
        start.push_back({x, bounds.top + height / 2 + off(height)});
    }
    return start;
}

Layout layoutOf(const ItemMap& map)
{
    Layout layout;
    layout.reserve(map.items.size());
    for (std::uint32_t point = 0; point < map.items.size(); ++point)
        layout.push_back(map.grid->point(point));
    return layout;
}

} // namespace orrery
