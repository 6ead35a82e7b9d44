// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/map_overlay.h"

#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr double fewestLabels = 14, mostLabels = 40;
constexpr double mostTitleWidth = 240, haloWidth = 1;
constexpr double currentRadius = 7, linkedRadius = 4.5, hoverRadius = 5.5, pathRadius = 3.5;

void drawPoint(QPainter& painter, const MapOverlay::Ground& ground, std::uint32_t id, double radius)
{
    painter.setPen(QPen(ground.tokens.surface, 1.5));
    painter.setBrush(ground.colourOf(id));
    painter.drawEllipse(ground.camera.toScreen(ground.grid.point(id)), radius, radius);
}

void drawTitle(QPainter& painter, const QRectF& box, const QString& words, const Tokens& tokens)
{
    painter.setPen(Qt::NoPen);
    QColor ground = tokens.surface;
    ground.setAlphaF(.85F);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(tokens.text);
    painter.drawText(box, Qt::AlignCenter, words);
}

QFont fontOf(const MapLabel& label)
{
    QFont used = ui::font(label.isRegion ? type::body : type::secondary);
    used.setWeight(label.isRegion ? QFont::DemiBold : QFont::Normal);
    return used;
}

/// With the halo.
QSizeF sizeOf(const MapLabel& label)
{
    const QFontMetricsF metrics(fontOf(label));
    return {std::ceil(metrics.horizontalAdvance(label.words)) + 2 * haloWidth, std::ceil(metrics.height())};
}

/// A halo of the ground lets words be read over points: letters all around, as strokes are slow.
void drawWords(QPainter& painter, const MapLabel& label, QPointF topLeft, const Tokens& tokens)
{
    const QFont used = fontOf(label);
    painter.setFont(used);
    const QPointF at = topLeft + QPointF(haloWidth, QFontMetricsF(used).ascent());
    painter.setPen(tokens.surface);
    for (const double x : {-haloWidth, 0.0, haloWidth})
        for (const double y : {-haloWidth, 0.0, haloWidth})
            painter.drawText(at + QPointF(x, y), label.words);
    painter.setPen(label.isRegion ? tokens.text : tokens.secondary);
    painter.drawText(at, label.words);
}

QImage pictureOf(const MapLabel& label, const MapOverlay::Ground& ground)
{
    const QSizeF size = sizeOf(label);
    QImage image((size * ground.ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ground.ratio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    drawWords(painter, label, {}, ground.tokens);
    return image;
}

} // namespace

void MapOverlay::setLabels(std::vector<MapLabel> labels)
{
    m_labels = std::move(labels);
    m_sizes.clear();
    std::ranges::transform(m_labels, std::back_inserter(m_sizes), sizeOf);
    forgetPictures();
}

bool MapOverlay::draw(QPainter& painter, const Ground& ground)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const auto shown = titles(ground);
    const bool complete = drawLabels(painter, ground, shown);
    painter.setFont(ui::font(type::secondary));
    drawPath(painter, ground);
    drawLinks(painter, ground);
    drawPin(painter, ground);
    if (current)
        drawPoint(painter, ground, *current, currentRadius);
    for (const Title& title : shown)
        drawTitle(painter, title.box, title.words, ground.tokens);
    if (!hovered || hovered == current)
        return complete;
    drawPoint(painter, ground, *hovered, hoverRadius);
    const QPointF at = ground.camera.toScreen(ground.grid.point(*hovered));
    const Title title = titlesBeside(ground, at, titleOf(*hovered), hoverRadius).front();
    drawTitle(painter, title.box, title.words, ground.tokens);
    return complete;
}

/// Right of the place, or left of it; only where the widget has room, or else right.
std::vector<MapOverlay::Title> MapOverlay::titlesBeside(const Ground& ground, QPointF at, const QString& words,
                                                        double radius)
{
    const QFontMetricsF metrics(ui::font(type::secondary));
    const QString shown = metrics.elidedText(words, Qt::ElideRight, mostTitleWidth);
    const QSizeF size(metrics.horizontalAdvance(shown) + 2 * space::xs, metrics.height());
    const double top = at.y() - size.height() / 2, gap = radius + space::xs;
    const QRectF right(QPointF(at.x() + gap, top), size), left(QPointF(at.x() - gap - size.width(), top), size);
    std::vector<Title> found;
    for (const QRectF& box : {right, left})
        if (box.left() >= 0 && box.right() <= ground.size.width())
            found.push_back({box, shown});
    return found.empty() ? std::vector<Title>{{right, shown}} : found;
}

/// Of the pin, the current point and what they are linked to, in this order; one that would cover another has none.
std::vector<MapOverlay::Title> MapOverlay::titles(const Ground& ground) const
{
    std::vector<Title> out;
    const auto place = [&out](const std::vector<Title>& places) {
        const auto free = std::ranges::find_if(places, [&out](const Title& title) {
            return std::ranges::none_of(out, [&](const Title& other) { return other.box.intersects(title.box); });
        });
        if (free != places.end())
            out.push_back(*free);
    };
    const auto placePoint = [&](std::uint32_t id, double radius) {
        place(titlesBeside(ground, ground.camera.toScreen(ground.grid.point(id)), titleOf(id), radius));
    };
    if (pin)
        place(titlesBeside(ground, ground.camera.toScreen(pin->at), pin->title, currentRadius));
    if (current)
        placePoint(*current, currentRadius);
    for (const MapLink& link : links)
        placePoint(link.to, linkedRadius);
    for (const std::uint32_t id : pin ? pin->linked : std::vector<std::uint32_t>{})
        placePoint(id, linkedRadius);
    if (!path.empty())
        placePoint(path.back(), pathRadius);
    return out;
}

bool MapOverlay::drawLabels(QPainter& painter, const Ground& ground, const std::vector<Title>& titles)
{
    m_pictures.resize(m_labels.size());
    // Few while all is in view, more as one comes closer.
    const double closer = ground.camera.scale / MapCamera::around(ground.grid.bounds(), ground.camera.size).scale;
    const auto most = static_cast<std::size_t>(std::clamp(fewestLabels * closer, fewestLabels, mostLabels));
    const auto sized = [this](const MapLabel& label) {
        return m_sizes[static_cast<std::size_t>(&label - m_labels.data())];
    };
    std::vector<QRectF> taken;
    std::ranges::transform(titles, std::back_inserter(taken), &Title::box);
    m_placed = placeLabels(m_labels, ground.camera, sized, most, taken);
    int left = ground.newLabels.value_or(0);
    for (const PlacedLabel& one : m_placed) {
        if (!ground.newLabels) {
            drawWords(painter, m_labels[one.label], one.rect.topLeft(), ground.tokens);
            continue;
        }
        QImage& picture = m_pictures[one.label];
        if (picture.isNull() && left-- > 0)
            picture = pictureOf(m_labels[one.label], ground);
        if (!picture.isNull())
            painter.drawImage(one.rect.topLeft().toPoint(), picture);
    }
    return left >= 0;
}

void MapOverlay::drawLinks(QPainter& painter, const Ground& ground) const
{
    painter.setPen(QPen(ground.tokens.secondary, 1));
    const auto at = [&ground](std::uint32_t id) { return ground.camera.toScreen(ground.grid.point(id)); };
    for (const MapLink& link : links)
        painter.drawLine(at(link.from), at(link.to));
    for (const MapLink& link : links)
        drawPoint(painter, ground, link.to, linkedRadius);
}

/// From pale, long ago, to strong, lately.
void MapOverlay::drawPath(QPainter& painter, const Ground& ground) const
{
    const auto at = [&ground](std::uint32_t id) { return ground.camera.toScreen(ground.grid.point(id)); };
    for (std::size_t step = 1; step < path.size(); ++step) {
        QColor colour = ground.tokens.accent;
        colour.setAlphaF(.15F + .75F * static_cast<float>(step) / static_cast<float>(path.size() - 1));
        painter.setPen(QPen(colour, 1.5));
        painter.drawLine(at(path[step - 1]), at(path[step]));
    }
    for (const std::uint32_t id : path)
        drawPoint(painter, ground, id, pathRadius);
}

void MapOverlay::drawPin(QPainter& painter, const Ground& ground) const
{
    if (!pin)
        return;
    const QPointF at = ground.camera.toScreen(pin->at);
    painter.setPen(QPen(ground.tokens.accent, 1));
    for (const std::uint32_t id : pin->linked)
        painter.drawLine(at, ground.camera.toScreen(ground.grid.point(id)));
    for (const std::uint32_t id : pin->linked)
        drawPoint(painter, ground, id, linkedRadius);
    painter.setPen(QPen(ground.tokens.surface, 2));
    painter.setBrush(ground.tokens.accent);
    const double side = 2 * currentRadius;
    painter.drawRoundedRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side), 3, 3);
}

} // namespace orrery::ui
