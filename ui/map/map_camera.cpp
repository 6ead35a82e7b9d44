// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_camera.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

MapCamera MapCamera::around(const MapRect& bounds, QSizeF size, double margin)
{
    const double width = static_cast<double>(bounds.right - bounds.left);
    const double height = static_cast<double>(bounds.bottom - bounds.top);
    const auto fitting = [margin](double room, double extent) {
        return std::max(1.0, room - 2 * margin) / std::max(extent, 1e-6);
    };
    return {static_cast<double>(bounds.left) + width / 2, static_cast<double>(bounds.top) + height / 2,
            std::min(fitting(size.width(), width), fitting(size.height(), height)), size};
}

MapCamera MapCamera::zoomed(double factor, QPointF at) const
{
    MapCamera out = *this;
    out.scale = std::clamp(scale * factor, 1e-6, 1e9);
    const QPointF off = at - QPointF(size.width(), size.height()) / 2;
    out.x += off.x() * (1 / scale - 1 / out.scale);
    out.y += off.y() * (1 / scale - 1 / out.scale);
    return out;
}

MapCamera MapCamera::moved(QPointF by) const
{
    MapCamera out = *this;
    out.x -= by.x() / scale;
    out.y -= by.y() / scale;
    return out;
}

MapCamera MapCamera::towards(const MapCamera& to, double share) const
{
    MapCamera out = to;
    out.x = x + share * (to.x - x);
    out.y = y + share * (to.y - y);
    out.scale = scale * std::pow(to.scale / scale, share);
    return out;
}

} // namespace orrery::ui
