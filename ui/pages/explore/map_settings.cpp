// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_settings.h"

#include "core/params/param_table.h"
#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/forms/param_form.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace orrery::ui {
namespace {

constexpr std::size_t comparedQueries = 500, comparedNeighbours = 10;
constexpr std::array comparedCandidates{10, 20, 40, 80, 160, 320};
constexpr int chartHeight = 220;

const ParamTable<HnswConfig>& indexTable()
{
    static const auto declared =
        ParamTable<HnswConfig>{}
            .number("links", "Links (M)", "Of each item to others; 8 to 48 is usual", &HnswConfig::links, 4, 64,
                    ParamScale::Logarithmic)
            .number("build-candidates", "Looked at while linking (efConstruction)", "100 to 400 is usual",
                    &HnswConfig::buildCandidates, 10, 2000, ParamScale::Logarithmic);
    return declared;
}

struct Measured {
    std::vector<TradeOff> index;
    std::size_t bytes = 0;
};

ChartSpec chartOf(const Measured& measured)
{
    ChartSpec spec;
    spec.title = MapSettings::tr("What an index finds");
    spec.kind = ChartKind::Lines;
    spec.x.title = MapSettings::tr("queries a second, one thread");
    spec.x.logarithmic = true;
    spec.y.title = MapSettings::tr("recall@%1").arg(comparedNeighbours);
    spec.y.percent = true;
    spec.empty = MapSettings::tr("Measure to see how many of the true neighbours an index finds, and how quickly.");
    ChartSeries series{MapSettings::tr("HNSW"), 0, {}};
    for (const TradeOff& one : measured.index)
        series.points.push_back(
            {one.queriesPerSecond, one.recall, {}, {}, MapSettings::tr("ef %1").arg(one.candidates)});
    if (!series.points.empty())
        spec.series = {series};
    return spec;
}

} // namespace

struct MapSettings::Impl {
    Impl(MapSettings& owner, WorkspaceSession& openSession) : settings(owner), session(openSession) {}

    void build();
    void measure();

    MapSettings& settings;
    WorkspaceSession& session;
    std::shared_ptr<const ItemMap> map;
    MapSubjectPtr subject;
    QComboBox* size = nullptr;
    QLabel* methodTitle = nullptr;
    QLabel* methodHelp = nullptr;
    ParamForm* methodForm = nullptr;
    QPushButton* again = nullptr;
    ParamForm* indexForm = nullptr;
    QPushButton* measureButton = nullptr;
    QLabel* memory = nullptr;
    ChartView* chart = nullptr;
};

MapSettings::MapSettings(WorkspaceSession& session, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapSettings::~MapSettings() = default;

void MapSettings::Impl::build()
{
    QVBoxLayout* layout = scrolledColumn(&settings);
    QWidget* inside = layout->parentWidget();
    size = new QComboBox(inside);
    size->setObjectName(QStringLiteral("map.size"));
    size->setAccessibleName(MapSettings::tr("How large the points are"));
    size->setToolTip(size->accessibleName());
    size->addItems({MapSettings::tr("Size by popularity"), MapSettings::tr("All the same size")});
    layout->addWidget(size);
    connect(size, &QComboBox::currentIndexChanged, &settings, &MapSettings::sizesChosen);
    methodTitle = sectionLabel({}, inside);
    methodHelp = secondaryLabel({}, inside);
    methodHelp->setWordWrap(true);
    methodForm = new ParamForm(inside);
    methodForm->setObjectName(QStringLiteral("map.settings.method"));
    again = plainButton(MapSettings::tr("Draw again"), inside);
    again->setObjectName(QStringLiteral("map.settings.again"));
    for (QWidget* part :
         {static_cast<QWidget*>(methodTitle), static_cast<QWidget*>(methodHelp), static_cast<QWidget*>(methodForm),
          static_cast<QWidget*>(again), static_cast<QWidget*>(horizontalRule(inside))})
        layout->addWidget(part);
    layout->addWidget(sectionLabel(MapSettings::tr("Neighbour index (HNSW)"), inside));
    indexForm = new ParamForm(inside);
    indexForm->setSpecs(indexTable().specs());
    layout->addWidget(indexForm);
    measureButton = plainButton(MapSettings::tr("Measure"), inside);
    measureButton->setObjectName(QStringLiteral("map.settings.measure"));
    layout->addWidget(measureButton);
    memory = secondaryLabel({}, inside);
    memory->setWordWrap(true);
    layout->addWidget(memory);
    chart = new ChartView(inside);
    chart->setFixedHeight(chartHeight);
    chart->setSpec(chartOf({}));
    layout->addWidget(chart);
    layout->addStretch();
    connect(again, &QPushButton::clicked, &settings, [this] { emit settings.paramsChosen(methodForm->values()); });
    connect(measureButton, &QPushButton::clicked, &settings, [this] { measure(); });
}

bool MapSettings::sizedByUse() const { return m_impl->size->currentIndex() == 0; }

void MapSettings::setMethod(const ProjectionMethod& method, const ParamSet& params)
{
    m_impl->methodTitle->setText(text(method.title));
    m_impl->methodHelp->setText(text(method.summary));
    m_impl->methodForm->setSpecs(method.params);
    m_impl->methodForm->setValues(params);
    m_impl->again->setVisible(!method.params.empty());
}

void MapSettings::setMap(const std::shared_ptr<const ItemMap>& map, const MapSubjectPtr& subject)
{
    const std::shared_ptr<const ItemMap> before = std::exchange(m_impl->map, map);
    m_impl->subject = subject;
    if (haveSameVectors(before, map))
        return;
    m_impl->measureButton->setEnabled(map != nullptr);
    m_impl->memory->clear();
    m_impl->chart->setSpec(chartOf({}));
}

void MapSettings::Impl::measure()
{
    const auto config = indexTable().read(indexForm->values());
    if (!map || !config)
        return;
    measureButton->setEnabled(false);
    (void)session.jobs().start<Measured>(
        MapSettings::tr("Recall of an index"), {1, 0},
        [asked = map, config = *config](const JobContext& job) -> Result<Measured> {
            const VectorSpace& space = asked->space;
            const auto index = HnswIndex::build(space.vectors, space.metric, config, job.part(0, .6));
            if (!index)
                return tl::unexpected(index.error());
            auto found = measureTradeOff(*index, space.vectors, space.metric, comparedNeighbours, comparedQueries,
                                         comparedCandidates, job.part(.6, 1));
            if (!found)
                return tl::unexpected(found.error());
            return Measured{std::move(*found), HnswIndex::bytesFor(space.vectors.rows, space.vectors.cols, config)};
        },
        &settings,
        [this, asked = map](Result<Measured> measured) {
            measureButton->setEnabled(map != nullptr);
            if (!haveSameVectors(asked, map))
                return;
            if (!measured && measured.error().code != Code::Cancelled)
                return session.raise(messageOf(measured.error()));
            if (!measured)
                return;
            chart->setSpec(chartOf(*measured));
            memory->setText(
                MapSettings::tr("The index of %1 takes %2.")
                    .arg(subject->counted(double(asked->space.vectors.rows)), bytes(double(measured->bytes))));
        });
}

} // namespace orrery::ui
