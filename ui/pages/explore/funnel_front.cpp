// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/funnel_front.h"

#include "core/evaluation/funnel_trial.h"
#include "core/pipeline/funnel_training.h"
#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/number_box.h"
#include "ui/pages/explore/funnel_worth.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>

#include <array>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr std::size_t askedPeople = 300;
constexpr int longestMeasure = 20; // characters

struct MeasureName {
    RuleMeasure::Kind kind;
    const char* title;
    bool isShare;
};
constexpr std::array<MeasureName, 6> names{
    {{RuleMeasure::Kind::Agreement, QT_TRANSLATE_NOOP("FunnelFront", "NDCG@10"), false},
     {RuleMeasure::Kind::Margin, QT_TRANSLATE_NOOP("FunnelFront", "Margin shown, not revenue"), false},
     {RuleMeasure::Kind::HighMargin, QT_TRANSLATE_NOOP("FunnelFront", "High margins shown"), true},
     {RuleMeasure::Kind::Diversity, QT_TRANSLATE_NOOP("FunnelFront", "Diversity, 0 to 1"), false},
     {RuleMeasure::Kind::Coverage, QT_TRANSLATE_NOOP("FunnelFront", "Catalog shown"), true},
     {RuleMeasure::Kind::NewSellers, QT_TRANSLATE_NOOP("FunnelFront", "New sellers shown"), true}}};

const MeasureName& nameOf(RuleMeasure::Kind kind) { return *std::ranges::find(names, kind, &MeasureName::kind); }

QString weightsText(const Objectives& weights)
{
    QStringList parts;
    const auto add = [&parts](const QString& name, double weight) {
        if (weight > 0)
            parts << QStringLiteral("%1 %2").arg(name, QString::number(weight));
    };
    if (weights.relevance != 1)
        add(FunnelFrontPane::tr("relevance"), weights.relevance);
    add(FunnelFrontPane::tr("clicks"), weights.click);
    add(FunnelFrontPane::tr("carts"), weights.cart);
    add(FunnelFrontPane::tr("purchases"), weights.purchase);
    add(FunnelFrontPane::tr("margin"), weights.margin);
    add(FunnelFrontPane::tr("diversity"), weights.diversity);
    add(FunnelFrontPane::tr("small sellers"), weights.sellers);
    return parts.isEmpty() ? FunnelFrontPane::tr("relevance alone") : parts.join(QStringLiteral(", "));
}

/// One objective beside relevance is told beside its point, a mixture where the point is asked.
bool isMixture(const QString& words) { return words.contains(QChar(u',')); }

/// All of a recipe that its points depend on: they have weights of their own.
std::string withoutWeights(FunnelRecipe recipe)
{
    recipe.name.clear();
    recipe.objectives = {};
    return toJson(recipe);
}

} // namespace

FunnelFrontPane::FunnelFrontPane(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_words(secondaryLabel({}, this)),
      m_measure(plainButton(tr("Measure"), this)), m_x(new Unscrolled<QComboBox>(this)),
      m_y(new Unscrolled<QComboBox>(this)), m_chart(new ChartView(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    auto* row = new QHBoxLayout;
    m_words->setWordWrap(true);
    m_measure->setObjectName(QStringLiteral("funnel.front.measure"));
    m_chart->setObjectName(QStringLiteral("funnel.front.chart"));
    m_x->setAccessibleName(tr("Across"));
    m_y->setAccessibleName(tr("Upwards"));
    row->addWidget(m_words, 1);
    for (QWidget* tool : {static_cast<QWidget*>(m_y), static_cast<QWidget*>(m_x), static_cast<QWidget*>(m_measure)})
        row->addWidget(tool);
    column->addLayout(row);
    column->addWidget(m_chart, 1);
    connect(m_measure, &QPushButton::clicked, this, [this] { measure(); });
    connect(&m_session, &WorkspaceSession::datasetChanged, this, &FunnelFrontPane::forget);
    connect(&m_session, &WorkspaceSession::asOfChanged, this, &FunnelFrontPane::forget);
    for (QComboBox* box : {m_x, m_y}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(longestMeasure);
        connect(box, &QComboBox::activated, this, [this] { show(); });
    }
    connect(m_chart, &ChartView::pointClicked, this, [this](int series, int point) {
        const auto& drawn = series == 0 ? m_front : m_others;
        if (point >= 0 && static_cast<std::size_t>(point) < drawn.size())
            emit chosen(m_points[drawn[static_cast<std::size_t>(point)]].weights);
    });
    offerMeasures();
}

void FunnelFrontPane::setRecipe(const FunnelRecipe& recipe)
{
    const bool same = withoutWeights(recipe) == withoutWeights(m_recipe);
    m_recipe = recipe;
    if (!same)
        forget();
}

void FunnelFrontPane::forget()
{
    m_points.clear();
    offerMeasures();
}

RuleMeasure::Kind FunnelFrontPane::kindIn(const QComboBox& box) const
{
    return static_cast<RuleMeasure::Kind>(box.currentData().toInt());
}

// Those that the catalog tells.
void FunnelFrontPane::offerMeasures()
{
    for (QComboBox* box : {m_x, m_y}) {
        box->clear();
        for (const MeasureName& name : names)
            if (!m_points.empty() && !std::isnan(m_points.front().value(name.kind)))
                box->addItem(QCoreApplication::translate("FunnelFront", name.title), static_cast<int>(name.kind));
        box->setVisible(box->count() > 1);
    }
    m_y->setCurrentIndex(0);
    m_x->setCurrentIndex(std::min(1, m_x->count() - 1));
    show();
}

void FunnelFrontPane::measure()
{
    if (!m_session.dataset())
        return;
    using Points = std::vector<ObjectivePoint>;
    m_session.jobs().start<Points>(
        tr("Weighing the objectives of %1").arg(text(m_recipe.name)), {},
        [recipe = m_recipe, parts = withoutModels(m_session.funnelParts()), dataset = m_session.dataset(),
         asOf = m_session.asOf(), segments = m_session.derivedPeople()](const JobContext& job) -> Result<Points> {
            const auto trial = tryFunnel(recipe, parts, dataset, asOf, askedPeople, job.part(0, .6), segments);
            if (!trial)
                return tl::unexpected(trial.error());
            return objectiveFront(*trial->funnel, trial->queries, trial->later, {}, job.part(.6, 1));
        },
        this,
        [this, dataset = m_session.dataset(), asOf = m_session.asOf(),
         asked = withoutWeights(m_recipe)](Result<Points> points) {
            if (!points)
                return m_session.raise(messageOf(points.error()));
            if (dataset != m_session.dataset() || asOf != m_session.asOf() || asked != withoutWeights(m_recipe))
                return;
            m_points = std::move(*points);
            offerMeasures();
        });
}

void FunnelFrontPane::show()
{
    ChartSpec spec;
    spec.title = tr("What the objectives trade");
    spec.kind = ChartKind::Points;
    spec.empty = tr("Not measured yet: press Measure.");
    m_words->setText(
        m_points.empty()
            ? tr("Tries weights of the objectives on %1 people and shows what one costs in another.").arg(askedPeople) +
                  u' ' + trainedAgainWords(m_session)
            : tr("Click a point to take its weights."));
    m_front.clear();
    m_others.clear();
    if (!m_points.empty() && m_x->count() > 0) {
        const MeasureName &x = nameOf(kindIn(*m_x)), &y = nameOf(kindIn(*m_y));
        for (auto* const axis : {&spec.x, &spec.y}) {
            const MeasureName& name = axis == &spec.x ? x : y;
            axis->title = QCoreApplication::translate("FunnelFront", name.title);
            axis->percent = name.isShare;
        }
        ChartSeries front{tr("no other is better in all"), 0, {}}, others{tr("others"), 7, {}};
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            const ObjectivePoint& point = m_points[i];
            const QString words = weightsText(point.weights);
            (point.onFront ? m_front : m_others).push_back(i);
            (point.onFront ? front : others)
                .points.push_back(
                    {point.value(x.kind), point.value(y.kind), {}, {}, words, point.onFront && !isMixture(words)});
        }
        spec.series = {std::move(front), std::move(others)};
    }
    if (m_session.dataset())
        spec.provenance = tr("dataset %1; %2 people").arg(text(m_session.dataset()->hash())).arg(askedPeople);
    m_chart->setSpec(spec);
}

} // namespace orrery::ui
