// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/point_grid.h"
#include "ui/map/map_camera.h"
#include "ui/map/map_labels.h"
#include "ui/theme/tokens.h"

#include <QColor>
#include <QImage>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

class QPainter;

namespace orrery::ui {

/// A line between points, such as from an item to its neighbours: drawn over the points, with its ends marked.
struct MapLink {
    std::uint32_t from = 0, to = 0;
};

/// Something that is no point itself, such as a person among the items: a place, a name, and points it is linked to.
struct MapPin {
    MapPoint at;
    QString title;
    std::vector<std::uint32_t> linked;
};

/// What is drawn over the points of a map: names, links, a path, a pin, and what is current or under the mouse.
class MapOverlay {
public:
    std::vector<MapLink> links;
    std::vector<std::uint32_t> path; ///< points in the order of time, the last is the newest
    std::optional<MapPin> pin;
    std::optional<std::uint32_t> current, hovered;
    std::function<QString(std::uint32_t)> titleOf;

    void setLabels(std::vector<MapLabel> labels);
    void forgetPictures() { m_pictures.clear(); } ///< of labels: another theme has other colours
    /// Where labels stand in the last picture.
    [[nodiscard]] const std::vector<PlacedLabel>& placed() const { return m_placed; }

    /// What it is drawn on.
    struct Ground {
        const PointGrid& grid;
        const MapCamera& camera;
        const Tokens& tokens;
        QSizeF size;  ///< of the widget
        double ratio; ///< device pixels
        std::function<QColor(std::uint32_t)> colourOf;
        /// At most so many names are drawn for the first time: it takes longer than all else. None: all, and as words
        /// that stay words in a drawing.
        std::optional<int> newLabels;
    };
    /// Whether all is drawn: names beyond `newLabels` come when it is drawn again.
    bool draw(QPainter& painter, const Ground& ground);

private:
    struct Title {
        QRectF box;
        QString words;
    };
    [[nodiscard]] static std::vector<Title> titlesBeside(const Ground& ground, QPointF at, const QString& words,
                                                         double radius);
    [[nodiscard]] std::vector<Title> titles(const Ground& ground) const;
    [[nodiscard]] bool drawLabels(QPainter& painter, const Ground& ground, const std::vector<Title>& titles);
    void drawLinks(QPainter& painter, const Ground& ground) const;
    void drawPath(QPainter& painter, const Ground& ground) const;
    void drawPin(QPainter& painter, const Ground& ground) const;

    std::vector<MapLabel> m_labels;
    std::vector<QSizeF> m_sizes;    ///< of labels
    std::vector<QImage> m_pictures; ///< of labels, made when they are first shown
    std::vector<PlacedLabel> m_placed;
};

} // namespace orrery::ui
