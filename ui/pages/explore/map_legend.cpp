// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_legend.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace orrery::ui {

MapLegend::MapLegend(QWidget* parent) : QWidget(parent)
{
    setMinimumHeight(space::rowHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MapLegend::setEntries(const QString& title, std::vector<ColouredItems::Entry> entries)
{
    m_entries = std::move(entries);
    QStringList lines{title};
    for (const auto& entry : m_entries)
        lines << tr("%1: %2").arg(entry.words, counted(static_cast<double>(entry.count), tr("item"), tr("items")));
    setToolTip(lines.join(u'\n'));
    setAccessibleName(lines.join(QStringLiteral(", ")));
    update();
}

// What has no room is left out; the tooltip has all.
void MapLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(ui::font(type::secondary));
    const QFontMetrics metrics = painter.fontMetrics();
    int width_ = 0;
    std::size_t shown = 0;
    for (; shown < m_entries.size(); ++shown) {
        const int more = metrics.horizontalAdvance(m_entries[shown].words) + space::md + space::xs + space::lg;
        if (width_ + more > width())
            break;
        width_ += more;
    }
    int x = 0;
    for (std::size_t i = 0; i < shown; ++i) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_entries[i].colour);
        painter.drawEllipse(QPointF(x + 4, height() / 2.0), 4, 4);
        painter.setPen(tokensFor(this).secondary);
        x += space::md + space::xs;
        painter.drawText(QPoint(x, (height() + metrics.ascent() - metrics.descent()) / 2), m_entries[i].words);
        x += metrics.horizontalAdvance(m_entries[i].words) + space::lg;
    }
}

} // namespace orrery::ui
