// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include "ui/charts/chart_builder.h"
#include "ui/charts/label_places.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGraphicsSimpleTextItem>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QStackedLayout>
#include <QToolButton>
#include <QToolTip>
#include <QtCharts/QChartView>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int smallestHeight = 180;
constexpr qreal labelGap = 9;
constexpr qreal labelLayer = 100; ///< above all that a chart draws itself

QString csvField(QString value)
{
    if (!value.contains(QRegularExpression(QStringLiteral("[\",\n]"))))
        return value;
    return u'"' + value.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

} // namespace

struct ChartView::Impl {
    Impl(ChartView& owner, Card* frame) : view(owner), card(frame) {}

    void build();
    void rebuild();
    struct Anchor {
        QPointF at;
        QPointF before; ///< where a label at its left ends: the other end of an interval
        QString words;
    };
    void label();
    [[nodiscard]] std::vector<Anchor> labelAnchors() const;
    void addLabel(QGraphicsSimpleTextItem* item, const LabelPlace& place, QPointF point);
    void describe(int series, int point);
    void offerExport();

    ChartView& view;
    Card* card;
    ChartSpec spec;
    QChartView* canvas = nullptr;
    QStackedLayout* stack = nullptr;
    QLabel* empty = nullptr;
    QToolButton* menu = nullptr;
    std::vector<QGraphicsItem*> labels;
};

ChartView::ChartView(QWidget* parent) : QFrame(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    auto* card = new Card({}, this);
    layout->addWidget(card);
    m_impl = std::make_unique<Impl>(*this, card);
    m_impl->build();
}

ChartView::~ChartView() = default;

void ChartView::Impl::build()
{
    menu = new QToolButton(card);
    menu->setIcon(icon(QStringLiteral("download"), card));
    menu->setAutoRaise(true);
    menu->setToolTip(tr("Export this chart"));
    menu->setAccessibleName(tr("Export this chart"));
    connect(menu, &QToolButton::clicked, &view, [this] { offerExport(); });
    card->addCorner(menu);
    auto* area = new QWidget(card);
    area->setMinimumHeight(smallestHeight);
    stack = new QStackedLayout(area);
    canvas = new QChartView(area);
    canvas->setRenderHint(QPainter::Antialiasing);
    canvas->setFrameShape(QFrame::NoFrame);
    canvas->setBackgroundBrush(Qt::NoBrush);
    canvas->viewport()->setAutoFillBackground(false);
    empty = secondaryLabel({}, area);
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    stack->addWidget(canvas);
    stack->addWidget(empty);
    card->body()->setContentsMargins(space::md, space::sm, space::md, space::md);
    card->body()->addWidget(area, 1);
}

void ChartView::setSpec(const ChartSpec& spec)
{
    m_impl->spec = spec;
    m_impl->rebuild();
}

const ChartSpec& ChartView::spec() const { return m_impl->spec; }

void ChartView::setCornerWidget(QWidget* widget) { m_impl->card->addCorner(widget); }

void ChartView::Impl::rebuild()
{
    card->setTitle(spec.title);
    const bool nothing =
        std::ranges::all_of(spec.series, [](const ChartSeries& series) { return series.points.empty(); });
    empty->setText(spec.empty.isEmpty() ? tr("Nothing to draw yet") : spec.empty);
    stack->setCurrentIndex(nothing ? 1 : 0);
    menu->setVisible(!nothing);
    labels.clear();
    QChart* old = canvas->chart();
    QChart* chart = nothing ? new QChart
                            : buildChart(
                                  spec, tokensFor(&view), [this](int s, int p) { describe(s, p); },
                                  [this](int s, int p) { emit view.pointClicked(s, p); });
    canvas->setChart(chart);
    delete old;
    connect(chart, &QChart::plotAreaChanged, &view, [this] { label(); });
    label();
}

// Direct labels: the name beside a point, the value beside an interval. One without room is left out: the tooltip has
// it, and so has whatever table stands beside the chart.
void ChartView::Impl::label()
{
    for (QGraphicsItem* item : labels)
        delete item;
    labels.clear();
    const bool dots = spec.kind == ChartKind::Dots;
    if ((spec.kind != ChartKind::Points && !dots) || canvas->chart()->series().isEmpty())
        return;
    const std::vector<Anchor> anchors = labelAnchors();
    std::vector<QGraphicsSimpleTextItem*> items;
    std::vector<LabelWish> wishes;
    for (const Anchor& anchor : anchors) {
        auto* item = new QGraphicsSimpleTextItem(anchor.words);
        item->setFont(ui::font(type::body, dots ? QFont::DemiBold : QFont::Normal));
        item->setBrush(tokensFor(&view).text);
        items.push_back(item);
        wishes.push_back({anchor.at, anchor.before, anchor.words.isEmpty() ? QSizeF() : item->boundingRect().size()});
    }
    const QRectF plot = canvas->chart()->plotArea().adjusted(0, 0, labelGap, 0);
    const auto places = dots ? labelsInRows(wishes, plot, labelGap) : labelsAround(wishes, plot, labelGap);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (places[i])
            addLabel(items[i], *places[i], anchors[i].at);
        else
            delete items[i];
    }
}

void ChartView::Impl::addLabel(QGraphicsSimpleTextItem* item, const LabelPlace& place, QPointF point)
{
    if (place.leader) {
        auto* line = new QGraphicsLineItem(QLineF(leaderFrom(point, place.rect, labelGap / 2)), canvas->chart());
        line->setPen(QPen(tokensFor(&view).strongLine, 1));
        labels.push_back(line);
    }
    item->setParentItem(canvas->chart());
    item->setPos(place.rect.topLeft());
    item->setZValue(labelLayer + 1);
    // The ground behind the words: no grid line runs through them.
    auto* ground = new QGraphicsRectItem(place.rect.adjusted(-2, 0, 2, 0), canvas->chart());
    ground->setPen(Qt::NoPen);
    ground->setBrush(tokensFor(&view).surface);
    ground->setZValue(labelLayer);
    labels.push_back(ground);
    labels.push_back(item);
}

std::vector<ChartView::Impl::Anchor> ChartView::Impl::labelAnchors() const
{
    QChart* chart = canvas->chart();
    std::vector<Anchor> anchors;
    for (const ChartSeries& series : spec.series)
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ChartPoint& point = series.points[i];
            if (!std::isfinite(point.y))
                continue;
            const double row = static_cast<double>(spec.categories.size()) - 1 - static_cast<double>(i);
            if (spec.kind == ChartKind::Dots)
                anchors.push_back({chart->mapToPosition({point.high.value_or(point.y), row}, chart->series().front()),
                                   chart->mapToPosition({point.low.value_or(point.y), row}, chart->series().front()),
                                   axisText(spec.y, point.y, spec.y.decimals >= 0 ? spec.y.decimals : 3)});
            else
                anchors.push_back({chart->mapToPosition({point.x, point.y}, chart->series().front()),
                                   chart->mapToPosition({point.x, point.y}, chart->series().front()),
                                   !point.labelled         ? QString() // no label covers it
                                   : point.label.isEmpty() ? series.name
                                                           : point.label});
        }
    return anchors;
}

void ChartView::Impl::describe(int series, int point)
{
    if (series < 0 || static_cast<std::size_t>(series) >= spec.series.size() ||
        static_cast<std::size_t>(point) >= spec.series[static_cast<std::size_t>(series)].points.size())
        return QToolTip::hideText();
    QToolTip::showText(QCursor::pos(), describePoint(spec, series, point), canvas);
}

void ChartView::Impl::offerExport()
{
    QString filter;
    const QString chosen =
        QFileDialog::getSaveFileName(&view, tr("Export this chart"), spec.title + QStringLiteral(".png"),
                                     tr("Picture (*.png);;Drawing (*.svg);;Data (*.csv)"), &filter);
    if (chosen.isEmpty())
        return;
    const QString file =
        withSuffix(chosen, filter, {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("csv")});
    sayExported(&view, file, view.exportTo(file));
}

Status ChartView::exportTo(const QString& file) const
{
    const QString format = QFileInfo(file).suffix().toLower();
    return saveFile(file, format == u"csv"   ? toCsv(m_impl->spec).toUtf8()
                          : format == u"svg" ? drawingOf(*m_impl->card, m_impl->spec.title, m_impl->spec.provenance)
                                             : pictureOf(*m_impl->card, m_impl->spec.provenance));
}

void ChartView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && m_impl) {
        m_impl->menu->setIcon(icon(QStringLiteral("download"), this));
        m_impl->rebuild();
    }
    QFrame::changeEvent(event);
}

QString toCsv(const ChartSpec& spec)
{
    QString out;
    if (!spec.provenance.isEmpty())
        out += QStringLiteral("# ") + QString(spec.provenance).replace(u'\n', u' ') + u'\n';
    const bool xy = spec.kind == ChartKind::Lines || spec.kind == ChartKind::Points;
    out += QStringLiteral("series,label,") + (xy ? csvField(spec.x.title) : QStringLiteral("category")) + u',' +
           csvField(spec.y.title) + QStringLiteral(",low,high\n");
    const auto number = [](std::optional<double> value) {
        return value && std::isfinite(*value) ? QString::number(*value, 'g', 12) : QString();
    };
    for (const ChartSeries& series : spec.series)
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ChartPoint& point = series.points[i];
            const QString across = xy ? number(point.x) : csvField(spec.categories.value(static_cast<qsizetype>(i)));
            out += QStringList{csvField(series.name), csvField(point.label), across,
                               number(point.y),       number(point.low),     number(point.high)}
                       .join(u',') +
                   u'\n';
        }
    return out;
}

} // namespace orrery::ui
