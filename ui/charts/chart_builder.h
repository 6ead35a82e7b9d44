// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_spec.h"
#include "ui/theme/tokens.h"

#include <QtCharts/QChart>

#include <functional>

namespace orrery::ui {

/// What hovering and clicking report: series, point; -1, -1 when the pointer has left.
using PointHandler = std::function<void(int series, int point)>;

/// Makes the chart of a spec, in the look of a theme. Ownership goes to the caller.
[[nodiscard]] QChart* buildChart(const ChartSpec& spec, const Tokens& tokens, const PointHandler& hovered,
                                 const PointHandler& clicked);

/// The exact values of one point, for the tooltip.
[[nodiscard]] QString describePoint(const ChartSpec& spec, int series, int point);

/// A number as an axis writes it.
[[nodiscard]] QString axisText(const ChartAxis& axis, double value, int decimals);

/// Nice limits and step (1, 2 or 5 times a power of ten) that hold [low, high].
struct Ticks {
    double from = 0, to = 1, step = 0.2;
    [[nodiscard]] int decimals() const;
};
[[nodiscard]] Ticks niceTicks(double low, double high, int wanted);

} // namespace orrery::ui
