// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/point_grid.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace orrery::ui {

/// What part of a map a widget shows: a place in its middle, and how many pixels a unit of the map takes. x grows to
/// the right and y downwards, on the map as on the screen.
struct MapCamera {
    double x = 0, y = 0;
    double scale = 1; ///< pixels a unit, > 0
    QSizeF size;      ///< of the widget

    [[nodiscard]] QPointF toScreen(MapPoint point) const
    {
        return {(static_cast<double>(point.x) - x) * scale + size.width() / 2,
                (static_cast<double>(point.y) - y) * scale + size.height() / 2};
    }
    [[nodiscard]] MapPoint toMap(QPointF at) const
    {
        return {static_cast<float>((at.x() - size.width() / 2) / scale + x),
                static_cast<float>((at.y() - size.height() / 2) / scale + y)};
    }
    [[nodiscard]] MapRect shown(double margin = 0) const
    {
        const MapPoint from = toMap({-margin, -margin}), to = toMap({size.width() + margin, size.height() + margin});
        return {from.x, from.y, to.x, to.y};
    }

    /// The whole of `bounds` with a margin of pixels around it.
    [[nodiscard]] static MapCamera around(const MapRect& bounds, QSizeF size, double margin = 32);
    /// Closer by `factor`, with what lies under `at` staying there.
    [[nodiscard]] MapCamera zoomed(double factor, QPointF at) const;
    [[nodiscard]] MapCamera moved(QPointF by) const;
    /// Between this and another, for a flight: 0 is this, 1 the other.
    [[nodiscard]] MapCamera towards(const MapCamera& to, double share) const;

    bool operator==(const MapCamera&) const = default;
};

} // namespace orrery::ui
