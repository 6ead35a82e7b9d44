// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_legend.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace orrery::ui {
namespace {

constexpr int lineHeight = 20, mostLines = 3, leastWidth = 120;
constexpr int swatchWidth = space::md + space::xs;

} // namespace

MapLegend::MapLegend(QWidget* parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void MapLegend::setEntries(const QString& title, std::vector<ColouredItems::Entry> entries)
{
    m_entries = std::move(entries);
    QStringList lines{title};
    for (const auto& entry : m_entries)
        lines << tr("%1: %2").arg(entry.words, counted(static_cast<double>(entry.count), tr("item"), tr("items")));
    setToolTip(lines.join(u'\n'));
    setAccessibleName(lines.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

std::vector<QPoint> MapLegend::places(int width) const
{
    const QFontMetrics metrics(ui::font(type::secondary));
    std::vector<QPoint> found;
    QPoint at(0, 0);
    for (const auto& entry : m_entries) {
        const int wide = metrics.horizontalAdvance(entry.words) + swatchWidth;
        if (at.x() > 0 && at.x() + wide > width)
            at = {0, at.y() + lineHeight};
        if (at.y() >= mostLines * lineHeight)
            break;
        found.push_back(at);
        at.rx() += wide + space::lg;
    }
    return found;
}

int MapLegend::heightForWidth(int width) const
{
    const auto found = places(width);
    return found.empty() ? lineHeight : found.back().y() + lineHeight;
}

QSize MapLegend::sizeHint() const { return {leastWidth, heightForWidth(width())}; }

void MapLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawTo(painter, width());
}

// What has no room is left out; the tooltip has all.
void MapLegend::drawTo(QPainter& painter, int width) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(ui::font(type::secondary));
    const QFontMetrics metrics = painter.fontMetrics();
    const auto found = places(width);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const int middle = found[i].y() + lineHeight / 2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_entries[i].colour);
        painter.drawEllipse(QPointF(found[i].x() + 4, middle), 4, 4);
        painter.setPen(tokensFor(this).secondary);
        painter.drawText(QPoint(found[i].x() + swatchWidth, middle + (metrics.ascent() - metrics.descent()) / 2),
                         m_entries[i].words);
    }
}

} // namespace orrery::ui
