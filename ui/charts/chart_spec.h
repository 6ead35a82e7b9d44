// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace orrery::ui {

enum class ChartKind {
    Bars,       ///< vertical bars over categories
    BarsAcross, ///< horizontal bars over categories, first on top
    Lines,      ///< x-y lines
    Points,     ///< x-y points with direct labels
    Dots,       ///< one dot a category with its interval as a soft band: the "who ranks best" chart
};

struct ChartPoint {
    double x = 0;                    ///< Lines, Points; ignored by Bars and Dots
    double y = 0;                    ///< the value
    std::optional<double> low, high; ///< interval of y
    QString label;                   ///< direct label (Points), or exact text for the tooltip
    bool labelled = true;            ///< Points: the label stands beside it; the tooltip tells it anyway
};

struct ChartSeries {
    QString name;
    int colour = 0;                 ///< index of its series colour: a model's is the same on every page
    std::vector<ChartPoint> points; ///< Bars and Dots: one a category, in order
};

struct ChartAxis {
    QString title;        ///< with its unit: "ratings a month"
    bool percent = false; ///< values are shares, shown as 25 %
    bool logarithmic = false;
    bool time = false; ///< values are seconds since 1970
    std::optional<double> from, to;
    int decimals = -1; ///< -1: chosen by the range
};

/// What a chart shows: filled by pages, drawn, themed and exported in one place for all.
struct ChartSpec {
    QString title;
    ChartKind kind = ChartKind::Bars;
    QStringList categories;
    std::vector<ChartSeries> series;
    ChartAxis x, y;     ///< y is the value axis, also where bars lie across
    QString empty;      ///< said instead of the chart when there is nothing to draw
    QString provenance; ///< dataset hash, protocol, seed, build: goes into every export
};

/// The data of a chart as CSV with a header, provenance in a leading comment line.
[[nodiscard]] QString toCsv(const ChartSpec& spec);

} // namespace orrery::ui
