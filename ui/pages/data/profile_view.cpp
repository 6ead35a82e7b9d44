// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/profile_view.h"

#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr std::size_t tagsShown = 8;
constexpr int columns = 3;

ChartSpec barSpec(const QString& title, const std::vector<Bar>& bars, const QString& across, const QString& up,
                  ChartKind kind = ChartKind::Bars)
{
    ChartSpec spec;
    spec.title = title;
    spec.kind = kind;
    spec.x.title = across;
    spec.y.title = up;
    spec.y.decimals = 0;
    ChartSeries series;
    for (const Bar& bar : bars) {
        spec.categories << text(bar.label);
        series.points.push_back({bar.from, bar.count, {}, {}, {}});
    }
    if (!series.points.empty())
        spec.series.push_back(std::move(series));
    return spec;
}

ChartSpec longTail(const DatasetProfile& profile)
{
    ChartSpec spec;
    spec.title = QObject::tr("Long tail");
    spec.kind = ChartKind::Lines;
    spec.x = {QObject::tr("most popular items, share of the catalog"), true};
    spec.y = {QObject::tr("share of interactions"), true};
    spec.x.from = 0;
    spec.x.to = 1;
    spec.y.from = 0;
    spec.y.to = 1;
    ChartSeries series{{}, 0, {{0, 0, {}, {}, {}}}};
    for (std::size_t i = 0; i < profile.longTail.size(); ++i)
        series.points.push_back({static_cast<double>(i + 1) / static_cast<double>(profile.longTail.size()),
                                 profile.longTail[i],
                                 {},
                                 {},
                                 {}});
    if (!profile.longTail.empty())
        spec.series.push_back(std::move(series));
    return spec;
}

std::vector<Bar> firstOf(std::vector<Bar> bars, std::size_t most)
{
    if (bars.size() > most)
        bars.resize(most);
    return bars;
}

// "20+" has room where "20-49" has not.
std::vector<Bar> byLowerEdge(std::vector<Bar> bars)
{
    const auto empty = [](const Bar& bar) { return bar.count == 0; };
    bars.erase(bars.begin(), std::ranges::find_if_not(bars, empty));
    for (Bar& bar : bars)
        bar.label = count(bar.from).toStdString() + (&bar == &bars.back() || bar.from > 0 ? "+" : "");
    return bars;
}

} // namespace

ProfileView::ProfileView(WorkspaceSession& session, QWidget* parent) : QWidget(parent), m_session(session)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    auto* numbers = new QFrame(this);
    numbers->setProperty("role", "card");
    m_numbers = new QHBoxLayout(numbers);
    m_numbers->setContentsMargins(space::lg, space::sm, space::lg, space::sm);
    m_numbers->setSpacing(space::xl);
    layout->addWidget(numbers);
    auto* grid = new QGridLayout;
    grid->setSpacing(space::md);
    for (int i = 0; i < 2 * columns; ++i) {
        auto* chart = new ChartView(this);
        grid->addWidget(chart, i / columns, i % columns);
        m_charts.push_back(chart);
    }
    layout->addLayout(grid, 1);
    connect(&session, &WorkspaceSession::digestReady, this, &ProfileView::refresh);
    connect(&session, &WorkspaceSession::datasetChanged, this, &ProfileView::refresh);
    refresh();
}

void ProfileView::addNumber(const QString& value, const QString& what)
{
    auto* cell = new QWidget(this);
    auto* layout = new QVBoxLayout(cell);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    auto* number = new QLabel(value, cell);
    number->setFont(ui::font(type::section, QFont::DemiBold));
    layout->addWidget(number);
    layout->addWidget(secondaryLabel(what, cell));
    m_numbers->addWidget(cell);
}

void ProfileView::refreshNumbers(const DatasetProfile& profile)
{
    clearLayout(m_numbers);
    addNumber(count(static_cast<double>(profile.people)), tr("people"));
    addNumber(count(static_cast<double>(profile.items)), tr("items"));
    addNumber(count(static_cast<double>(profile.interactions)), tr("interactions"));
    addNumber(percent(profile.density, profile.density < 0.01 ? 3 : 1), tr("of all pairs known"));
    addNumber(decimal(profile.meanValue, 2), tr("mean value"));
    addNumber(count(profile.medianPerPerson), tr("median per person"));
    addNumber(count(profile.medianPerItem), tr("median per item"));
    addNumber(percent(profile.shareOfTopTenth), tr("on the top tenth of items"));
    if (profile.first != noTime && width() > 1000)
        addNumber(tr("%1 – %2").arg(date(profile.first), date(profile.last)), tr("from and to"));
    m_numbers->addStretch();
}

void ProfileView::sayCounting()
{
    clearLayout(m_numbers);
    m_numbers->addWidget(secondaryLabel(tr("Counting…"), this));
    ChartSpec waiting;
    waiting.empty = tr("Counting…");
    for (ChartView* chart : m_charts)
        chart->setSpec(waiting);
}

void ProfileView::refresh()
{
    const auto& digest = m_session.digest();
    if (!digest)
        return sayCounting();
    const DatasetProfile* profile = &digest->profile;
    refreshNumbers(*profile);
    const QString tagName = profile->tagColumn.empty()
                                ? tr("Tags")
                                : text(profile->tagColumn).replace(0, 1, text(profile->tagColumn).left(1).toUpper());
    const bool isRated = m_session.dataset()->feedback() == Feedback::Explicit;
    std::vector<ChartSpec> specs = {
        barSpec(tr("Values"), profile->values, isRated ? tr("rating") : tr("amount"), tr("interactions")),
        longTail(*profile),
        barSpec(tr("Activity over time"), profile->overTime, {}, tr("events")),
        barSpec(tagName, firstOf(profile->tags, tagsShown), {}, tr("items"), ChartKind::BarsAcross),
        barSpec(tr("People by number of interactions"), byLowerEdge(profile->perPerson), tr("interactions, at least"),
                tr("people")),
        barSpec(tr("Items by number of interactions"), byLowerEdge(profile->perItem), tr("interactions, at least"),
                tr("items")),
    };
    specs[2].empty = tr("This dataset has no times");
    specs[3].empty = tr("The items have no tags");
    for (std::size_t i = 0; i < specs.size(); ++i) {
        specs[i].provenance = tr("Orrery %1; dataset %2").arg(text(buildName()), text(m_session.dataset()->hash()));
        m_charts[i]->setSpec(specs[i]);
    }
}

} // namespace orrery::ui
