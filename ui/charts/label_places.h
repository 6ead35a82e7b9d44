// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <span>
#include <vector>

namespace orrery::ui {

/// A label that is to stand beside its point.
struct LabelWish {
    QPointF at;     ///< the point, or the right end of its interval
    QPointF before; ///< the point, or the left end of its interval
    QSizeF size;    ///< of the label; empty: none, but no other label covers the point
};

struct LabelPlace {
    QRectF rect;
    bool leader = false; ///< it is so far away that a line has to join it to its point
};

/// Places for the labels of points, each tried in order: beside the point, then further and further out with a leader.
/// No label leaves `plot`, covers a point (a square of half side `gap`) or touches another label; one for which there
/// is no such place gets none. Earlier wishes have the better places.
[[nodiscard]] std::vector<std::optional<LabelPlace>> labelsAround(std::span<const LabelWish> wishes, const QRectF& plot,
                                                                  qreal gap);

/// Places for labels of rows: right of the interval, left of it where the plot ends, none where an earlier label is.
[[nodiscard]] std::vector<std::optional<LabelPlace>> labelsInRows(std::span<const LabelWish> wishes, const QRectF& plot,
                                                                  qreal gap);

/// From the rim of the point to the nearest place of the label.
[[nodiscard]] QLineF leaderFrom(QPointF point, const QRectF& label, qreal rim);

} // namespace orrery::ui
