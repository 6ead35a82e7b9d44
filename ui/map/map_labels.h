// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/map/map_camera.h"

#include <QRectF>
#include <QString>

#include <functional>
#include <vector>

namespace orrery::ui {

/// Words at a place of the map. Of labels that would touch, the one with more weight stays.
struct MapLabel {
    MapPoint at;
    QString words;
    float weight = 0;
    bool isRegion = true; ///< a region's name stands above it; a point's title beside it
};

/// Where a label stands on the screen.
struct PlacedLabel {
    std::size_t label = 0; ///< its place in the list
    QRectF rect;
    bool operator==(const PlacedLabel&) const = default;
};

/// Puts as many labels as have room, heaviest first, at most `most`; none touches another or what is `taken`, or leaves
/// the widget. `sizeOf`: of a label's words as they are drawn. O(labels log labels + labels x placed).
[[nodiscard]] std::vector<PlacedLabel> placeLabels(const std::vector<MapLabel>& labels, const MapCamera& camera,
                                                   const std::function<QSizeF(const MapLabel&)>& sizeOf,
                                                   std::size_t most, const std::vector<QRectF>& taken = {});

} // namespace orrery::ui
