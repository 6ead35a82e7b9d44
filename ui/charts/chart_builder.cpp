// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_builder.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QGraphicsLayout>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSeries>
#include <QtCharts/QBarSet>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QLegend>
#include <QtCharts/QLineSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::ui {
namespace {

constexpr int wantedTicks = 5;
constexpr double lineWidth = 2;
constexpr double dotSize = 11;
constexpr double bandWidth = 9;
constexpr double bandOpacity = 0.28;
constexpr double barShare = 0.72;
constexpr std::size_t mostLabels = 3, lettersAcross = 48;

QColor seriesColour(const Tokens& tokens, int colour)
{
    return tokens.series[static_cast<std::size_t>(colour) % tokens.series.size()];
}

struct Range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value)
    {
        if (!std::isfinite(value))
            return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    [[nodiscard]] bool empty() const { return low > high; }
};

Range valueRange(const ChartSpec& spec)
{
    Range range;
    for (const ChartSeries& series : spec.series)
        for (const ChartPoint& point : series.points) {
            range.add(point.y);
            range.add(point.low.value_or(point.y));
            range.add(point.high.value_or(point.y));
        }
    return range;
}

Range crossRange(const ChartSpec& spec)
{
    Range range;
    for (const ChartSeries& series : spec.series)
        for (const ChartPoint& point : series.points)
            range.add(point.x);
    return range;
}

// A category without a point, or without a number, has no bar.
double valueAt(const ChartSeries& series, std::size_t category)
{
    const bool held = category < series.points.size() && std::isfinite(series.points[category].y);
    return held ? series.points[category].y : 0;
}

void styleAxis(QAbstractAxis& axis, const ChartAxis& spec, const Tokens& tokens, bool grid)
{
    axis.setTitleText(spec.title);
    axis.setTitleFont(ui::font(type::secondary));
    axis.setTitleBrush(tokens.secondary);
    axis.setLabelsFont(ui::font(type::secondary));
    axis.setLabelsBrush(tokens.secondary);
    axis.setGridLinePen(QPen(tokens.hairline, 1));
    axis.setGridLineVisible(grid);
    axis.setLinePen(QPen(tokens.hairline, 1));
    axis.setLineVisible(!grid);
}

// All number axes are category axes with our own labels: Qt's value axis formats neither shares nor dates nor
// thousands, and does not pick round steps.
QAbstractAxis* numberAxis(const ChartAxis& spec, Range range, const Tokens& tokens, bool grid, double margin)
{
    auto* axis = new QCategoryAxis;
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    if (range.empty())
        range = {0, 1};
    const double pad = (range.high - range.low) * margin;
    Ticks ticks = niceTicks(spec.from.value_or(range.low - pad), spec.to.value_or(range.high + pad), wantedTicks);
    if (range.low >= 0) // room at the edge is no reason for numbers that cannot be
        ticks.from = std::max(ticks.from, 0.0);
    if (spec.percent)
        ticks.to = std::min(ticks.to, std::max(1.0, range.high));
    const int decimals = spec.decimals >= 0 ? spec.decimals : ticks.decimals();
    const auto steps = static_cast<long>(std::floor((ticks.to - ticks.from) / ticks.step + 1e-6));
    for (long i = 0; i <= steps; ++i) {
        const double at = ticks.from + static_cast<double>(i) * ticks.step;
        axis->append(axisText(spec, std::abs(at) < ticks.step * 1e-9 ? 0 : at, decimals), at);
    }
    axis->setRange(ticks.from, ticks.to);
    axis->setTruncateLabels(false);
    styleAxis(*axis, spec, tokens, grid);
    return axis;
}

// Category names, thinned out where there are many.
QAbstractAxis* categoryAxis(const ChartSpec& spec, const ChartAxis& axisSpec, const Tokens& tokens, bool thin)
{
    auto* axis = new QCategoryAxis;
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    const auto n = static_cast<std::size_t>(spec.categories.size());
    // As many as fit beside one another in a small chart; of more than a dozen, a few stand for all.
    qsizetype longest = 0;
    for (const QString& name : spec.categories)
        longest = std::max(longest, name.size());
    const std::size_t fit = n > 4 * mostLabels
                                ? mostLabels
                                : std::max<std::size_t>(2, lettersAcross / static_cast<std::size_t>(longest + 1));
    const std::size_t step = thin ? (n + fit - 1) / fit : 1;
    for (std::size_t i = 0; i < n; i += std::max<std::size_t>(1, step))
        axis->append(spec.categories[static_cast<qsizetype>(i)], static_cast<double>(i));
    axis->setRange(-0.5, static_cast<double>(n) - 0.5);
    styleAxis(*axis, axisSpec, tokens, false);
    axis->setTruncateLabels(false);
    return axis;
}

class Builder {
public:
    Builder(const ChartSpec& spec, const Tokens& tokens, const PointHandler& hovered, const PointHandler& clicked)
        : m_spec(spec), m_tokens(tokens), m_hovered(hovered), m_clicked(clicked), m_chart(new QChart)
    {
        m_chart->setBackgroundVisible(false);
        m_chart->setMargins(QMargins(0, space::sm, space::lg, 0)); // half a label stands out at each end
        m_chart->layout()->setContentsMargins(0, 0, 0, 0);
        m_chart->setAnimationOptions(QChart::NoAnimation);
    }

    QChart* build()
    {
        switch (m_spec.kind) {
        case ChartKind::Bars:
        case ChartKind::BarsAcross: buildBars(m_spec.kind == ChartKind::BarsAcross); break;
        case ChartKind::Lines: buildLines(); break;
        case ChartKind::Points: buildPoints(); break;
        case ChartKind::Dots: buildDots(); break;
        }
        styleLegend();
        return m_chart;
    }

private:
    void styleLegend()
    {
        const bool useful =
            m_spec.series.size() > 1 && m_spec.kind != ChartKind::Points && m_spec.kind != ChartKind::Dots;
        m_chart->legend()->setVisible(useful);
        m_chart->legend()->setAlignment(Qt::AlignTop);
        m_chart->legend()->setFont(ui::font(type::secondary));
        m_chart->legend()->setLabelColor(m_tokens.text);
        m_chart->legend()->setMarkerShape(QLegend::MarkerShapeCircle);
    }

    template <class Series> void listen(Series* series, int index, const std::function<int(QPointF)>& pointOf)
    {
        QObject::connect(series, &QXYSeries::hovered, m_chart,
                         [=, handler = m_hovered](const QPointF& at, bool inside) {
                             inside ? handler(index, pointOf(at)) : handler(-1, -1);
                         });
        QObject::connect(series, &QXYSeries::clicked, m_chart,
                         [=, handler = m_clicked](const QPointF& at) { handler(index, pointOf(at)); });
    }

    // The point of a series that lies nearest to where the pointer is.
    [[nodiscard]] std::function<int(QPointF)> nearestIn(int index) const
    {
        std::vector<ChartPoint> points = m_spec.series[static_cast<std::size_t>(index)].points;
        return [points = std::move(points)](QPointF at) {
            const auto nearest = std::ranges::min_element(points, {}, [&](const ChartPoint& p) {
                const double distance = std::hypot(p.x - at.x(), p.y - at.y());
                return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
            });
            return static_cast<int>(nearest - points.begin());
        };
    }

    void attach(QAbstractSeries* series, QAbstractAxis* across, QAbstractAxis* up)
    {
        m_chart->addSeries(series);
        series->attachAxis(across);
        series->attachAxis(up);
    }

    void buildBars(bool across)
    {
        auto* bars = across ? static_cast<QAbstractBarSeries*>(new QHorizontalBarSeries) : new QBarSeries;
        bars->setBarWidth(barShare);
        const auto n = static_cast<std::size_t>(m_spec.categories.size());
        for (const ChartSeries& series : m_spec.series) {
            auto* set = new QBarSet(series.name);
            for (std::size_t i = 0; i < n; ++i)
                *set << valueAt(series, across ? n - 1 - i : i);
            set->setColor(seriesColour(m_tokens, series.colour));
            set->setBorderColor(Qt::transparent);
            bars->append(set);
        }
        QObject::connect(bars, &QAbstractBarSeries::hovered, m_chart,
                         [=, handler = m_hovered](bool inside, int index, QBarSet* set) {
                             const int series = static_cast<int>(bars->barSets().indexOf(set));
                             const int last = static_cast<int>(n) - 1;
                             inside ? handler(series, across ? last - index : index) : handler(-1, -1);
                         });
        ChartSpec shown = m_spec;
        if (across)
            std::ranges::reverse(shown.categories);
        Range range = valueRange(m_spec);
        range.add(0);
        m_chart->addSeries(bars);
        QAbstractAxis* names = categoryAxis(shown, m_spec.x, m_tokens, !across);
        QAbstractAxis* values = numberAxis(m_spec.y, range, m_tokens, true, 0);
        m_chart->addAxis(names, across ? Qt::AlignLeft : Qt::AlignBottom);
        m_chart->addAxis(values, across ? Qt::AlignBottom : Qt::AlignLeft);
        bars->attachAxis(names);
        bars->attachAxis(values);
    }

    void buildLines()
    {
        QAbstractAxis* across = numberAxis(m_spec.x, crossRange(m_spec), m_tokens, false, 0);
        QAbstractAxis* up = numberAxis(m_spec.y, valueRange(m_spec), m_tokens, true, 0.05);
        m_chart->addAxis(across, Qt::AlignBottom);
        m_chart->addAxis(up, Qt::AlignLeft);
        for (std::size_t i = 0; i < m_spec.series.size(); ++i) {
            const ChartSeries& series = m_spec.series[i];
            auto* line = new QLineSeries;
            line->setName(series.name);
            line->setPen(
                QPen(seriesColour(m_tokens, series.colour), lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            line->setPointsVisible(series.points.size() <= 30);
            for (const ChartPoint& point : series.points)
                if (std::isfinite(point.x) && std::isfinite(point.y))
                    line->append(point.x, point.y);
            attach(line, across, up);
            listen(line, static_cast<int>(i), nearestIn(static_cast<int>(i)));
        }
    }

    void buildPoints()
    {
        QAbstractAxis* across = numberAxis(m_spec.x, crossRange(m_spec), m_tokens, false, 0.15);
        QAbstractAxis* up = numberAxis(m_spec.y, valueRange(m_spec), m_tokens, true, 0.15);
        m_chart->addAxis(across, Qt::AlignBottom);
        m_chart->addAxis(up, Qt::AlignLeft);
        for (std::size_t i = 0; i < m_spec.series.size(); ++i) {
            auto* points = dots(m_spec.series[i]);
            for (const ChartPoint& point : m_spec.series[i].points)
                if (std::isfinite(point.x) && std::isfinite(point.y))
                    points->append(point.x, point.y);
            attach(points, across, up);
            listen(points, static_cast<int>(i), nearestIn(static_cast<int>(i)));
        }
    }

    [[nodiscard]] QScatterSeries* dots(const ChartSeries& series) const
    {
        auto* points = new QScatterSeries;
        points->setName(series.name);
        points->setMarkerSize(dotSize);
        points->setColor(seriesColour(m_tokens, series.colour));
        points->setBorderColor(Qt::transparent);
        return points;
    }

    // Category 0 on top; the interval is a broad soft line behind the dot.
    void buildDots()
    {
        ChartSpec shown = m_spec;
        std::ranges::reverse(shown.categories);
        QAbstractAxis* values = numberAxis(m_spec.y, valueRange(m_spec), m_tokens, true, 0.08);
        QAbstractAxis* names = categoryAxis(shown, m_spec.x, m_tokens, false);
        m_chart->addAxis(values, Qt::AlignBottom);
        m_chart->addAxis(names, Qt::AlignLeft);
        for (std::size_t i = 0; i < m_spec.series.size(); ++i) {
            const ChartSeries& series = m_spec.series[i];
            for (std::size_t c = 0; c < series.points.size(); ++c)
                addDot(series, static_cast<int>(i), c, values, names);
        }
    }

    void addDot(const ChartSeries& series, int index, std::size_t category, QAbstractAxis* values, QAbstractAxis* names)
    {
        const ChartPoint& point = series.points[category];
        if (!std::isfinite(point.y))
            return;
        const double row = static_cast<double>(m_spec.categories.size()) - 1 - static_cast<double>(category);
        if (point.low && point.high) {
            QColor soft = seriesColour(m_tokens, series.colour);
            soft.setAlphaF(static_cast<float>(bandOpacity));
            auto* band = new QLineSeries;
            band->setPen(QPen(soft, bandWidth, Qt::SolidLine, Qt::RoundCap));
            band->append(*point.low, row);
            band->append(*point.high, row);
            attach(band, values, names);
            listen(band, index, [category](QPointF) { return static_cast<int>(category); });
        }
        auto* dot = dots(series);
        dot->append(point.y, row);
        attach(dot, values, names);
        listen(dot, index, [category](QPointF) { return static_cast<int>(category); });
    }

    const ChartSpec& m_spec;
    const Tokens& m_tokens;
    const PointHandler& m_hovered;
    const PointHandler& m_clicked;
    QChart* m_chart;
};

} // namespace

int Ticks::decimals() const { return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6); }

Ticks niceTicks(double low, double high, int wanted)
{
    if (!(high > low)) {
        const double half = low == 0 ? 0.5 : std::abs(low) * 0.1;
        low -= half;
        high += half;
    }
    const double raw = (high - low) / wanted;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    const double unit = raw / power;
    const double step = power * (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10);
    return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step};
}

QString axisText(const ChartAxis& axis, double value, int decimals)
{
    if (axis.time)
        return date(static_cast<Timestamp>(value));
    if (axis.percent)
        return percent(value, std::max(0, decimals - 2));
    return decimals == 0 ? count(value) : decimal(value, decimals);
}

QString describePoint(const ChartSpec& spec, int series, int point)
{
    const ChartSeries& held = spec.series[static_cast<std::size_t>(series)];
    const ChartPoint& at = held.points[static_cast<std::size_t>(point)];
    const int digits = spec.y.decimals >= 0 ? std::max(spec.y.decimals, 3) : std::abs(at.y) >= 100 ? 0 : 3;
    QStringList lines;
    if (!at.label.isEmpty() || !held.name.isEmpty())
        lines << (at.label.isEmpty() ? held.name : at.label);
    const bool xy = spec.kind == ChartKind::Lines || spec.kind == ChartKind::Points;
    if (xy)
        lines << QStringLiteral("%1: %2").arg(spec.x.title,
                                              axisText(spec.x, at.x, spec.x.decimals >= 0 ? spec.x.decimals : 3));
    else if (point < spec.categories.size() && spec.categories[point] != lines.value(0))
        lines << spec.categories[point];
    lines << QStringLiteral("%1: %2").arg(spec.y.title, axisText(spec.y, at.y, spec.y.percent ? 3 : digits));
    if (at.low && at.high)
        lines << QObject::tr("95 % interval %1 to %2")
                     .arg(axisText(spec.y, *at.low, digits), axisText(spec.y, *at.high, digits));
    return lines.join(u'\n');
}

QChart* buildChart(const ChartSpec& spec, const Tokens& tokens, const PointHandler& hovered,
                   const PointHandler& clicked)
{
    return Builder(spec, tokens, hovered, clicked).build();
}

} // namespace orrery::ui
