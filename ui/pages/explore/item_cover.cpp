// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/item_cover.h"

#include "ui/theme/theme.h"

#include <QImageReader>
#include <QPainter>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace orrery::ui {
namespace {

constexpr qint64 mostPoints = 50'000'000;

/// FNV-1a: the same on every machine, unlike qHash.
std::uint32_t hashOf(const QString& words)
{
    std::uint32_t hash = 2166136261U;
    for (const char byte : words.toUtf8())
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    return hash;
}

QString initialsOf(const QString& title)
{
    QString initials;
    for (const QString& word : title.split(u' ', Qt::SkipEmptyParts))
        if (word.front().isLetterOrNumber() && initials.size() < 2)
            initials += word.front().toUpper();
    return initials.isEmpty() ? title.left(1) : initials;
}

QColor blended(const QColor& a, const QColor& b, double share)
{
    const auto part = [share](int from, int to) { return static_cast<int>(std::lround(from + share * (to - from))); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

void drawOrbits(QPainter& painter, const QSize& size, std::uint32_t hash, const QColor& colour)
{
    constexpr int orbits = 3;
    const QPointF sun(size.width() * .72, size.height() * .42);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(sun, size.height() * .09, size.height() * .09);
    for (int orbit = 0; orbit < orbits; ++orbit) {
        const std::uint32_t bits = hash >> (8 * orbit);
        const double radius = size.height() * (.22 + .17 * orbit + .0005 * double(bits % 97));
        const double angle = 2 * std::numbers::pi * double(bits % 251) / 251;
        painter.setPen(QPen(colour, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(sun, radius, radius);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(sun + QPointF(radius * std::cos(angle), radius * std::sin(angle)), 3., 3.);
    }
}

} // namespace

QPixmap drawnCover(const CoverWords& words, const QSize& size, double pixelRatio, const Tokens& tokens)
{
    QPixmap cover((QSizeF(size) * pixelRatio).toSize());
    cover.setDevicePixelRatio(pixelRatio);
    // The last colour is a grey: it would look like nothing.
    const QColor series = tokens.series.at(hashOf(words.category) % (tokens.series.size() - 1));
    const QColor ground = blended(tokens.surface, series, .16);
    cover.fill(ground);
    QPainter painter(&cover);
    painter.setRenderHint(QPainter::Antialiasing);
    drawOrbits(painter, size, hashOf(words.title), blended(ground, series, .45));
    painter.setPen(tokens.text);
    painter.setFont(ui::font(type::pageTitle, QFont::DemiBold));
    painter.drawText(QRect(QPoint(space::sm, 0), size).adjusted(0, 0, -space::sm, -space::sm),
                     Qt::AlignLeft | Qt::AlignBottom, initialsOf(words.title));
    return cover;
}

QImage readPicture(const QString& file, const QSize& size)
{
    QImageReader reader(file);
    const QSize whole = reader.size();
    if (!whole.isValid() || whole.isEmpty() || qint64{whole.width()} * whole.height() > mostPoints)
        return {};
    reader.setScaledSize(whole.scaled(size, Qt::KeepAspectRatioByExpanding));
    const QImage image = reader.read();
    if (image.isNull())
        return {};
    const QPoint corner((image.width() - size.width()) / 2, (image.height() - size.height()) / 2);
    return image.copy(QRect(corner, size));
}

} // namespace orrery::ui
