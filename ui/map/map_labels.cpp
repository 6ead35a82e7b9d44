// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_labels.h"

#include "ui/theme/tokens.h"

#include <algorithm>
#include <numeric>

namespace orrery::ui {
namespace {

/// Above the peak of a region, which it would hide otherwise, or below; right or left of a point.
std::vector<QRectF> placesOf(const MapLabel& label, QPointF at, QSizeF size)
{
    const QPointF middle(at.x() - size.width() / 2, at.y() - size.height() / 2);
    if (label.isRegion)
        return {QRectF(QPointF(middle.x(), at.y() - space::sm - size.height()), size),
                QRectF(QPointF(middle.x(), at.y() + space::sm), size)};
    return {QRectF(QPointF(at.x() + space::sm, middle.y()), size),
            QRectF(QPointF(at.x() - space::sm - size.width(), middle.y()), size)};
}

} // namespace

std::vector<PlacedLabel> placeLabels(const std::vector<MapLabel>& labels, const MapCamera& camera,
                                     const std::function<QSizeF(const MapLabel&)>& sizeOf, std::size_t most,
                                     const std::vector<QRectF>& taken)
{
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return labels[i].weight; });
    const QRectF room(QPointF(0, 0), camera.size);
    std::vector<PlacedLabel> placed;
    for (const std::size_t i : order) {
        const QPointF at = camera.toScreen(labels[i].at);
        if (placed.size() >= most)
            break;
        if (!room.contains(at))
            continue;
        const auto places = placesOf(labels[i], at, sizeOf(labels[i]));
        const auto fits = std::ranges::find_if(places, [&](const QRectF& rect) {
            const QRectF wide = rect.adjusted(-space::xs, -1, space::xs, 1);
            return room.contains(rect) &&
                   std::ranges::none_of(placed,
                                        [&](const PlacedLabel& other) { return other.rect.intersects(wide); }) &&
                   std::ranges::none_of(taken, [&](const QRectF& other) { return other.intersects(wide); });
        });
        if (fits != places.end())
            placed.push_back({i, *fits});
    }
    return placed;
}

} // namespace orrery::ui
