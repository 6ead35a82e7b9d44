// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_picture.h"

#include "ui/components/save_file.h"
#include "ui/map/map_view.h"
#include "ui/pages/explore/map_legend.h"
#include "ui/pages/explore/map_panel.h"
#include "ui/theme/theme.h"

#include <QFileInfo>
#include <QPainter>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int captionHeight = 32;
constexpr double pixelRatio = 2;

QSize sizeOf(const std::vector<MapPanel*>& maps, const MapLegend& legend)
{
    QSize size(space::md, 0);
    for (const MapPanel* map : maps)
        size = {size.width() + map->view().width() + space::md, std::max(size.height(), map->view().height())};
    return size.grownBy({0, captionHeight, 0, space::sm + legend.heightForWidth(size.width() - 2 * space::md)});
}

void draw(QPainter& painter, const std::vector<MapPanel*>& maps, const MapLegend& legend, const QSize& size)
{
    const Tokens& tokens = tokensFor(&legend);
    painter.fillRect(QRect({0, 0}, size), tokens.surface);
    int left = space::md;
    for (const MapPanel* map : maps) {
        const int width = map->view().width();
        painter.setFont(font(type::section));
        painter.setPen(tokens.text);
        painter.drawText(QRect(left, 0, width, captionHeight), Qt::AlignLeft | Qt::AlignVCenter, map->caption());
        painter.save();
        painter.translate(left, captionHeight);
        painter.setClipRect(QRect({0, 0}, map->view().size()));
        map->view().drawTo(painter, pixelRatio);
        painter.restore();
        left += width + space::md;
    }
    const int width = size.width() - 2 * space::md;
    painter.translate(space::md, size.height() - legend.heightForWidth(width));
    legend.drawTo(painter, width);
}

} // namespace

Status saveMaps(const QString& file, const std::vector<MapPanel*>& maps, const MapLegend& legend,
                const QString& provenance)
{
    const QSize size = sizeOf(maps, legend);
    const auto paint = [&](QPainter& painter) { draw(painter, maps, legend, size); };
    const bool isDrawing = QFileInfo(file).suffix().compare(QLatin1String("svg"), Qt::CaseInsensitive) == 0;
    return saveFile(file, isDrawing ? drawingOf(size, maps.front()->caption(), provenance, paint)
                                    : pictureOf(size, tokensFor(&legend).surface, provenance, paint));
}

} // namespace orrery::ui
