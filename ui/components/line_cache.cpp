// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/line_cache.h"

#include <QFontMetrics>
#include <QPainter>

#include <limits>

namespace orrery::ui {

void LineCache::draw(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text)
{
    if (text.isEmpty())
        return;
    const QStaticText& glyphs = shaped(painter.font(), text, rect.width()).glyphs;
    const QSizeF spare = QSizeF(rect.size()) - glyphs.size();
    const qreal across = alignment & Qt::AlignRight ? 1 : alignment & Qt::AlignHCenter ? 0.5 : 0;
    const qreal down = alignment & Qt::AlignBottom ? 1 : alignment & Qt::AlignVCenter ? 0.5 : 0;
    painter.drawStaticText(QPointF(rect.topLeft()) + QPointF(spare.width() * across, spare.height() * down), glyphs);
}

int LineCache::width(const QFont& font, const QString& text)
{
    return shaped(font, text, std::numeric_limits<int>::max()).width;
}

const LineCache::Line& LineCache::shaped(const QFont& font, const QString& text, int room)
{
    const Key key{text, font, room};
    if (const Line* known = m_lines.object(key))
        return *known;
    auto* line = new Line; // the cache owns it
    const QFontMetrics metrics(font);
    line->width = metrics.horizontalAdvance(text);
    line->glyphs = QStaticText(line->width > room ? metrics.elidedText(text, Qt::ElideRight, room) : text);
    line->glyphs.setTextFormat(Qt::PlainText);
    line->glyphs.prepare({}, font);
    m_lines.insert(key, line);
    return *line;
}

} // namespace orrery::ui
