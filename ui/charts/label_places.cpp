// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/label_places.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui {
namespace {

constexpr qreal apart = 2;                  // between labels
constexpr qreal rings[] = {18, 34, 50, 70}; // how far out a label with a leader is, beyond the gap
constexpr int directions = 12;

bool isFree(const QRectF& place, const std::vector<QRectF>& taken)
{
    return std::ranges::none_of(taken, [&](const QRectF& other) { return place.intersects(other); });
}

QRectF squareAround(QPointF point, qreal half) { return {point - QPointF(half, half), QSizeF(2 * half, 2 * half)}; }

// Right of the point, left, below, above, and the corners.
std::vector<QRectF> beside(const LabelWish& wish, qreal gap)
{
    const qreal w = wish.size.width();
    const qreal h = wish.size.height();
    const qreal off = gap + 1;
    const QPointF corners[] = {{off, -h / 2}, {-off - w, -h / 2}, {-w / 2, off}, {-w / 2, -off - h},
                               {0, off},      {0, -off - h},      {-w, off},     {-w, -off - h}};
    std::vector<QRectF> places;
    for (const QPointF& corner : corners)
        places.emplace_back(wish.at + corner, wish.size);
    return places;
}

// The label's nearest edge lies on a circle about the point.
std::vector<QRectF> onRing(const LabelWish& wish, qreal radius)
{
    std::vector<QRectF> places;
    for (int i = 0; i < directions; ++i) {
        const double angle = 2 * std::numbers::pi * i / directions;
        const QPointF way(std::cos(angle), std::sin(angle));
        const QPointF edge = wish.at + radius * way;
        const QPointF middle = edge + QPointF(way.x() * wish.size.width() / 2, way.y() * wish.size.height() / 2);
        places.emplace_back(middle - QPointF(wish.size.width() / 2, wish.size.height() / 2), wish.size);
    }
    return places;
}

std::optional<LabelPlace> placeFor(const LabelWish& wish, const QRectF& plot, qreal gap,
                                   const std::vector<QRectF>& taken)
{
    const auto fits = [&](const QRectF& place) { return plot.contains(place) && isFree(place, taken); };
    const auto near = beside(wish, gap);
    if (const auto found = std::ranges::find_if(near, fits); found != near.end())
        return LabelPlace{*found, false};
    for (const qreal ring : rings) {
        const auto far = onRing(wish, gap + ring);
        if (const auto found = std::ranges::find_if(far, fits); found != far.end())
            return LabelPlace{*found, true};
    }
    return std::nullopt;
}

QRectF withMargin(const QRectF& rect) { return rect.adjusted(-apart, -apart, apart, apart); }

} // namespace

std::vector<std::optional<LabelPlace>> labelsAround(std::span<const LabelWish> wishes, const QRectF& plot, qreal gap)
{
    std::vector<QRectF> taken;
    for (const LabelWish& wish : wishes)
        taken.push_back(squareAround(wish.at, gap));
    std::vector<std::optional<LabelPlace>> places;
    for (const LabelWish& wish : wishes) {
        places.push_back(wish.size.isEmpty() ? std::nullopt : placeFor(wish, plot, gap, taken));
        if (places.back())
            taken.push_back(withMargin(places.back()->rect));
    }
    return places;
}

std::vector<std::optional<LabelPlace>> labelsInRows(std::span<const LabelWish> wishes, const QRectF& plot, qreal gap)
{
    std::vector<QRectF> taken;
    std::vector<std::optional<LabelPlace>> places;
    for (const LabelWish& wish : wishes) {
        const qreal up = wish.size.height() / 2;
        QRectF place(wish.at + QPointF(gap, -up), wish.size);
        const QRectF left(wish.before - QPointF(gap + wish.size.width(), up), wish.size);
        if (place.right() > plot.right() && left.left() >= plot.left())
            place = left;
        const bool free = isFree(place, taken);
        places.push_back(free ? std::optional(LabelPlace{place, false}) : std::nullopt);
        if (free)
            taken.push_back(place);
    }
    return places;
}

QLineF leaderFrom(QPointF point, const QRectF& label, qreal rim)
{
    const QPointF end(std::clamp(point.x(), label.left(), label.right()),
                      std::clamp(point.y(), label.top(), label.bottom()));
    QLineF line(point, end);
    if (line.length() <= rim)
        return {end, end};
    line.setP1(line.pointAt(rim / line.length()));
    return line;
}

} // namespace orrery::ui
