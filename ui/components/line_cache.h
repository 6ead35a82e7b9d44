// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QFont>
#include <QStaticText>

class QPainter;
class QRect;

namespace orrery::ui {

/// Draws single lines of plain text as QPainter::drawText does, but shapes each only once for a font and a width:
/// shaping costs many times what drawing does, and lists that are painted again show mostly the same words. Keep one
/// beside the widgets that paint the same kind of texts.
class LineCache {
public:
    /// In the painter's font and pen. What is wider than the rectangle ends in "…".
    void draw(QPainter& painter, const QRect& rect, Qt::Alignment alignment, const QString& text);
    /// Pixels, as QFontMetrics::horizontalAdvance gives.
    [[nodiscard]] int width(const QFont& font, const QString& text);

private:
    struct Key {
        QString text;
        QFont font;
        int room; ///< pixels at most
        bool operator==(const Key&) const = default;
        friend std::size_t qHash(const Key& key, std::size_t seed) noexcept
        {
            return qHashMulti(seed, key.text, key.font, key.room);
        }
    };
    struct Line {
        QStaticText glyphs;
        int width = 0; ///< of the whole text
    };
    const Line& shaped(const QFont& font, const QString& text, int room);

    QCache<Key, Line> m_lines{mostLines};
    static constexpr int mostLines = 2000;
};

} // namespace orrery::ui
