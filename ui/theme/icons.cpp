// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QPointer>
#include <QSvgRenderer>
#include <QWidget>

#include <algorithm>

// In a static library resources are only linked in when somebody names them; outside of any namespace.
static void initResources() { Q_INIT_RESOURCE(resources); }

namespace orrery::ui {
namespace {

/// The drawing in one colour. The logo's planets are in series colours; those follow the theme that the colour is of.
QByteArray coloured(const QString& name, const QColor& colour)
{
    QFile file(":/icons/" + name + ".svg");
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QByteArray svg = file.readAll();
    svg.replace("currentColor", colour.name().toLatin1());
    if (colour.lightness() > 128) {
        for (std::size_t i = 0; i < Tokens::light().series.size(); ++i) {
            const QByteArray from = Tokens::light().series[i].name(QColor::HexRgb).toUpper().toLatin1();
            svg.replace(from, Tokens::dark().series[i].name().toLatin1());
        }
    }
    return svg;
}

QPixmap rendered(const QString& name, const QColor& colour, const QSize& pixels)
{
    const QString key =
        QString("orrery-icon/%1/%2/%3x%4").arg(name, colour.name()).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) {
        return pixmap;
    }
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(coloured(name, colour));
    QPainter painter(&pixmap);
    const int side = std::min(pixels.width(), pixels.height());
    renderer.render(&painter, QRectF((pixels.width() - side) / 2.0, (pixels.height() - side) / 2.0, side, side));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

/// Asks for the colour each time it is painted, so that icons need not be set again when the theme changes.
class LineIconEngine : public QIconEngine {
public:
    LineIconEngine(QString name, const QWidget* widget) : m_name(std::move(name)), m_widget(widget) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect,
                            iconPixmap(m_name, colour(mode, state), std::min(rect.width(), rect.height()), ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return rendered(m_name, colour(mode, state), size);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return rendered(m_name, colour(mode, state), size); // the size is already in device pixels
    }
    [[nodiscard]] QIconEngine* clone() const override { return new LineIconEngine(m_name, m_widget); }
    QString key() const override { return "orrery"; }
    QString iconName() override { return m_name; }
    bool isNull() override { return !QFile::exists(":/icons/" + m_name + ".svg"); }

private:
    [[nodiscard]] QColor colour(QIcon::Mode mode, QIcon::State state) const
    {
        const Tokens& tokens = tokensFor(m_widget);
        if (mode == QIcon::Disabled) {
            return tokens.disabled;
        }
        return state == QIcon::On ? tokens.accent : tokens.text;
    }

    QString m_name;
    QPointer<const QWidget> m_widget;
};

} // namespace

QIcon icon(const QString& name, const QWidget* widget)
{
    initResources();
    return QIcon(new LineIconEngine(name, widget));
}

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal ratio)
{
    initResources();
    const int pixels = qRound(size * ratio);
    QPixmap pixmap = rendered(name, colour, {pixels, pixels});
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

} // namespace orrery::ui
