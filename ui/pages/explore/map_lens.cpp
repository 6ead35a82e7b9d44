// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_lens.h"

#include "core/data/people_as_items.h"
#include "core/projection/item_clusters.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/catalog_model.h"
#include "ui/itemmodels/cross_filter.h"
#include "ui/itemmodels/item_search.h"
#include "ui/map/map_view.h"
#include "ui/pages/explore/map_filters.h"
#include "ui/pages/explore/map_legend.h"
#include "ui/pages/explore/map_panel.h"
#include "ui/pages/explore/map_picture.h"
#include "ui/pages/explore/map_side.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QStackedLayout>

#include <algorithm>
#include <array>

namespace orrery::ui {
namespace {

constexpr int tableHeight = 190;
constexpr std::array clusterNumbers{6, 12, 24};

} // namespace

struct MapLens::Impl {
    Impl(MapLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildMaps();
    QLayout* buildLegend(QWidget* card);
    QLayout* buildTools(QWidget* card);
    void buildTable(QWidget* area, QVBoxLayout* layout);
    void connectSide();
    void connectPanel(MapPanel* panel);
    void connectSession();
    void refreshModels();
    void refreshSubject();
    void askForPeople();
    void setSubject(MapSubjectPtr what);
    void followSelected();
    void refreshColourings();
    void refreshFacets();
    void refilter();
    void recolour();
    void showTable();
    void selectAround(std::vector<ItemIndex> items);
    void clearSelection();
    void cluster(const ClusterPlan& plan);
    void takeClusters(AttributeColumn column);
    void offerClusters();
    void exportPicture();
    void showPerson();
    [[nodiscard]] std::vector<MapPanel*> panels() const
    {
        return second->isVisibleTo(&page) ? std::vector{first, second} : std::vector{first};
    }

    MapLens& page;
    WorkspaceSession& session;
    MapSubjectPtr subject; // null: nothing is known of what is to be shown yet
    bool asked = false;    // people are on their way
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    QComboBox* colour = nullptr;
    Picker* flyTo = nullptr;
    QPushButton* clusters = nullptr;
    QPushButton* twoMaps = nullptr;
    MapPanel* first = nullptr;
    MapPanel* second = nullptr;
    QFrame* between = nullptr;
    SegmentedControl* tools = nullptr;
    QPushButton* person = nullptr;
    QPushButton* path = nullptr;
    QPushButton* tableButton = nullptr;
    MapLegend* legend = nullptr;
    MapSide* side = nullptr;
    QWidget* tableCard = nullptr;
    DataTable* table = nullptr;
    CatalogModel* tableModel = nullptr;
    CrossFilter filter;
    std::vector<ItemIndex> selected;   // ascending; empty when nothing narrows
    std::vector<ItemIndex> shownItems; // of the table, row by row
    std::vector<MapColouring> colourings;
    std::shared_ptr<const std::vector<float>> axis; // null: none was made
    QString axisTitle;
};

MapLens::MapLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapLens::~MapLens() = default;

std::vector<PageAction> MapLens::actions()
{
    return {{tr("Show the whole map"),
             [this] {
                 for (MapPanel* panel : m_impl->panels())
                     panel->view().showAll();
             },
             {}},
            {tr("Fly to an item on the map"), [this] { m_impl->flyTo->setFocus(); }, {}},
            {tr("Compare two maps side by side"), [this] { m_impl->twoMaps->toggle(); }, {}},
            {tr("Filter the map by attributes"), [this] { m_impl->side->show(MapSide::Part::Filter); }, {}},
            {tr("Name the axes of the map"), [this] { m_impl->side->show(MapSide::Part::Axes); }, {}},
            {tr("Let go of the selection on the map"), [this] { m_impl->clearSelection(); }, {}}};
}

void MapLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void MapLens::shown()
{
    for (MapPanel* panel : m_impl->panels())
        panel->project();
    m_impl->showPerson();
    for (MapPanel* panel : m_impl->panels())
        panel->followItem();
}

void MapLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    side = new MapSide(session, filter, &page);
    buildHeader();
    layout->addWidget(header);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    stack->addWidget(empty);
    stack->addWidget(buildMaps());
    layout->addWidget(area, 1);
    connectSide();
    connectSession();
    refreshModels();
}

void MapLens::Impl::buildHeader()
{
    header = new PageHeader({}, &page);
    clusters = plainButton(tr("Clusters ▾"), header);
    clusters->setObjectName(QStringLiteral("map.clusters"));
    clusters->setToolTip(tr("Put items into groups by their vectors, named by what they have in common"));
    twoMaps = plainButton(tr("Two maps"), header);
    twoMaps->setObjectName(QStringLiteral("map.two"));
    twoMaps->setCheckable(true);
    twoMaps->setToolTip(tr("Another model's map beside this one, turned to lie alike"));
    flyTo = new Picker(tr("Fly to…"), header);
    flyTo->setObjectName(QStringLiteral("map.flyTo"));
    flyTo->setFixedWidth(92); // beside the inspector a window of 1280 has no more
    for (QWidget* tool :
         {static_cast<QWidget*>(clusters), static_cast<QWidget*>(twoMaps), static_cast<QWidget*>(flyTo)})
        header->addAction(tool);
    side->addButtons(header);
    QObject::connect(clusters, &QPushButton::clicked, &page, [this] { offerClusters(); });
    QObject::connect(twoMaps, &QPushButton::toggled, &page, [this](bool on) {
        second->setVisible(on);
        between->setVisible(on);
        if (on)
            second->setAnotherModel(first->model(), session.b());
        if (on)
            second->project();
        recolour();
    });
    QObject::connect(flyTo, &Picker::picked, &page, [this](int id) {
        const ItemIndex item{static_cast<std::uint32_t>(id)};
        flyTo->clear();
        if (!subject)
            return;
        subject->select(session, item);
        for (MapPanel* panel : panels())
            panel->flyTo(item);
    });
}

QWidget* MapLens::Impl::buildMaps()
{
    auto* area = new QWidget(&page);
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(space::md);
    auto* card = new Card({}, area);
    card->setFlush(true);
    first = new MapPanel(session, QStringLiteral("map"), card);
    second = new MapPanel(session, QStringLiteral("map2"), card);
    second->setExample(first);
    second->hide();
    between = new QFrame(card);
    between->setProperty("part", "divider");
    between->setFixedWidth(1);
    between->hide();
    auto* maps = new QHBoxLayout;
    maps->setSpacing(0);
    maps->addWidget(first, 1);
    maps->addWidget(between);
    maps->addWidget(second, 1);
    card->body()->addLayout(maps, 1);
    card->body()->addLayout(buildTools(card));
    middle->addWidget(card, 1);
    middle->addWidget(side);
    layout->addLayout(middle, 1);
    buildTable(area, layout);
    for (MapPanel* panel : {first, second})
        connectPanel(panel);
    return area;
}

QLayout* MapLens::Impl::buildLegend(QWidget* card)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::md);
    colour = new QComboBox(card);
    colour->setObjectName(QStringLiteral("map.colour"));
    colour->setAccessibleName(tr("What the points are coloured by"));
    colour->setToolTip(colour->accessibleName());
    colour->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    legend = new MapLegend(card);
    legend->setObjectName(QStringLiteral("map.legend"));
    row->addWidget(colour);
    row->addWidget(legend, 1);
    QObject::connect(colour, &QComboBox::currentIndexChanged, &page, [this] { recolour(); });
    return row;
}

QLayout* MapLens::Impl::buildTools(QWidget* card)
{
    auto* below = new QVBoxLayout;
    below->setContentsMargins(space::md, space::sm, space::md, space::sm);
    below->setSpacing(space::sm);
    below->addLayout(buildLegend(card));
    auto* row = new QHBoxLayout;
    tools = new SegmentedControl({tr("Move"), tr("Rectangle"), tr("Lasso")}, card);
    tools->setObjectName(QStringLiteral("map.tools"));
    tools->setToolTip(
        tr("What dragging does; Shift and drag draws a rectangle at any time. Ctrl adds, Alt takes away"));
    const auto toggle = [&](const QString& words, const QString& name, const QString& help) {
        auto* button = plainButton(words, card);
        button->setObjectName("map." + name);
        button->setCheckable(true);
        button->setToolTip(help);
        return button;
    };
    person = toggle(tr("Person"), QStringLiteral("person"),
                    tr("Show the person of the other lens among the items they are near to, linked to what the model "
                       "recommends to them"));
    path = toggle(tr("History"), QStringLiteral("path"), tr("Join what that person chose, from long ago to lately"));
    tableButton = toggle(tr("Table"), QStringLiteral("showTable"),
                         tr("The same items as a table, to be read and gone through with keys"));
    auto* exportButton = plainButton(tr("Export…"), card);
    exportButton->setToolTip(tr("Save the map as a picture or a drawing; the table exports what is selected"));
    for (QWidget* tool : {static_cast<QWidget*>(tools), static_cast<QWidget*>(person), static_cast<QWidget*>(path),
                          static_cast<QWidget*>(tableButton)})
        row->addWidget(tool);
    row->addStretch();
    row->addWidget(exportButton);
    below->addLayout(row);
    QObject::connect(tools, &SegmentedControl::currentChanged, &page, [this](int tool) {
        for (MapPanel* panel : {first, second})
            panel->view().setTool(static_cast<MapView::Tool>(tool));
    });
    for (QPushButton* button : {person, path})
        QObject::connect(button, &QPushButton::toggled, &page, [this] { showPerson(); });
    QObject::connect(tableButton, &QPushButton::toggled, &page, [this] { showTable(); });
    QObject::connect(exportButton, &QPushButton::clicked, &page, [this] { exportPicture(); });
    return below;
}

void MapLens::Impl::connectSide()
{
    QObject::connect(side, &MapSide::filtersAsked, &page, [this] {
        if (!filter.facets().empty())
            return;
        auto base = selected;
        refreshFacets();
        if (!base.empty())
            selectAround(std::move(base));
    });
    QObject::connect(side, &MapSide::filterChanged, &page, [this] { refilter(); });
    QObject::connect(side, &MapSide::filterCleared, &page, [this] { clearSelection(); });
    QObject::connect(side, &MapSide::placesChanged, &page,
                     [this](const std::optional<Layout>& places) { first->showElsewhere(places); });
    QObject::connect(side, &MapSide::axisChanged, &page,
                     [this](const std::shared_ptr<const std::vector<float>>& values, const QString& title) {
                         axis = values;
                         axisTitle = title;
                         refreshColourings();
                         colour->setCurrentIndex(std::max(0, colour->findText(title)));
                         recolour();
                     });
    QObject::connect(side, &MapSide::picked, &page, [this](ItemIndex item) { subject->select(session, item); });
    QObject::connect(side, &MapSide::chosen, &page,
                     [this](const std::vector<ItemIndex>& items) { selectAround(items); });
    QObject::connect(side, &MapSide::sizesChosen, &page, [this] { recolour(); });
    QObject::connect(side, &MapSide::paramsChosen, &page, [this](const ParamSet& params) {
        for (MapPanel* panel : {first, second})
            if (panel->method() == first->method())
                panel->setParams(params);
    });
}

void MapLens::Impl::buildTable(QWidget* area, QVBoxLayout* layout)
{
    auto* card = new Card({}, area);
    card->setFlush(true);
    tableCard = card;
    table = new DataTable(card);
    table->setObjectName(QStringLiteral("map.table"));
    tableModel = new CatalogModel(table);
    table->setModel(tableModel);
    card->body()->addWidget(table);
    card->setFixedHeight(tableHeight);
    card->hide();
    layout->addWidget(card);
    QObject::connect(table, &DataTable::rowActivated, &page, [this](int row) {
        if (row >= 0 && static_cast<std::size_t>(row) < shownItems.size())
            subject->select(session, shownItems[static_cast<std::size_t>(row)]);
    });
}

void MapLens::Impl::connectPanel(MapPanel* panel)
{
    QObject::connect(panel, &MapPanel::clicked, &page, [this, panel](ItemIndex item) {
        subject->select(session, item, panel->model() ? std::optional(panel->model()->row.id) : std::nullopt);
    });
    QObject::connect(panel, &MapPanel::hoveredChanged, &page, [this, panel](std::optional<ItemIndex> item) {
        for (MapPanel* other : panels())
            if (other != panel)
                other->setHovered(item);
    });
    QObject::connect(panel, &MapPanel::selectionChanged, &page,
                     [this](const std::vector<ItemIndex>& items) { selectAround(items); });
    QObject::connect(panel, &MapPanel::redrawn, &page, [this, panel](bool isNew, bool isFinal) {
        if (isNew || isFinal)
            refilter();
        if (panel != first || !isFinal)
            return;
        side->setMap(subject, *first);
        if (second->isVisibleTo(&page))
            second->project();
    });
    QObject::connect(panel, &MapPanel::recoloured, &page, [this, panel] {
        if (panel == first)
            legend->setEntries(colour->currentText(), panel->legend());
    });
    QObject::connect(panel, &MapPanel::methodChosen, &page, [this] { side->setMethod(*first); });
    if (panel == first)
        QObject::connect(panel, &MapPanel::modelChosen, &page, [this] { refreshSubject(); });
}

void MapLens::Impl::connectSession()
{
    const auto again = [this] {
        refreshModels();
        for (MapPanel* panel : panels())
            panel->project();
    };
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, [this, again] {
        setSubject(nullptr);
        again();
    });
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, again);
    const auto columnsChanged = [this] {
        refreshColourings();
        refreshFacets();
        recolour();
    };
    QObject::connect(&session, &WorkspaceSession::digestReady, &page, [this, columnsChanged] {
        refreshSubject();
        columnsChanged();
        for (MapPanel* panel : {first, second})
            panel->relabel();
    });
    QObject::connect(&session, &WorkspaceSession::derivedChanged, &page, [this, columnsChanged] {
        refreshSubject();
        columnsChanged();
    });
    QObject::connect(&session, &WorkspaceSession::itemSelected, &page, [this] { followSelected(); });
    QObject::connect(&session, &WorkspaceSession::itemsChosen, &page, [this](const std::vector<ItemIndex>& items) {
        if (subject && !subject->isPeople)
            selectAround(items);
    });
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, [this] {
        showPerson();
        if (subject && subject->isPeople)
            followSelected();
    });
}

void MapLens::Impl::refreshModels()
{
    for (MapPanel* panel : {first, second})
        panel->refreshModels();
    const bool ready = session.dataset() && first->model();
    stack->setCurrentIndex(ready ? 1 : 0);
    for (QWidget* control :
         {static_cast<QWidget*>(clusters), static_cast<QWidget*>(twoMaps), static_cast<QWidget*>(flyTo)})
        control->setVisible(ready);
    if (!session.dataset())
        empty->setTexts(tr("No data yet"), tr("Open the sample films on Home, or drop your own file anywhere."));
    else
        empty->setTexts(tr("No vectors yet"),
                        tr("A map needs a model with vectors of the items, such as implicit ALS, "
                           "SVD or LSA. Get a first answer on Home, or train one under Recipes."));
    refreshSubject();
    side->setMethod(*first);
    refreshColourings();
    recolour();
}

// People are brought into the place of items behind the window: it is a walk over all that they chose.
void MapLens::Impl::refreshSubject()
{
    if (!session.dataset())
        return setSubject(nullptr);
    if (!first->wantsPeople()) {
        const MapSubjectPtr items = itemsOnMap(session);
        if (!subject || subject->isPeople || subject->tally != items->tally || subject->derived != items->derived)
            setSubject(items);
    } else if (session.digest() && (!subject || !subject->isPeople)) {
        askForPeople();
    }
}

void MapLens::Impl::askForPeople()
{
    if (std::exchange(asked, true))
        return;
    session.jobs().startBehind<std::shared_ptr<const Dataset>>(
        QStringLiteral("people on the map"),
        [dataset = session.dataset()](const JobContext& job) { return peopleAsItems(*dataset, job); }, &page,
        [this, digest = session.digest()](Result<std::shared_ptr<const Dataset>> people) {
            asked = false;
            if (digest != session.digest() || !first->wantsPeople())
                return refreshSubject();
            if (!people)
                return session.raise(messageOf(people.error()));
            setSubject(std::make_shared<const MapSubject>(MapSubject{true, *people, digest->people}));
        });
}

void MapLens::Impl::setSubject(MapSubjectPtr what)
{
    const bool isAnother = !subject || !what || subject->dataset != what->dataset;
    subject = std::move(what);
    for (MapPanel* panel : {first, second})
        panel->setSubject(subject);
    const bool isPeople = subject && subject->isPeople;
    flyTo->setSearch(isPeople ? personSearch(session.digest()) : itemSearch(session.digest()));
    for (QPushButton* button : {person, path})
        button->setVisible(!isPeople);
    side->setReady(subject && first->model(), isPeople);
    if (!isAnother)
        return;
    axis.reset();
    side->setMap(subject, *first);
    refreshColourings();
    recolour();
    refreshFacets();
    second->refreshModels();
    for (MapPanel* panel : panels())
        panel->project();
}

void MapLens::Impl::followSelected()
{
    for (MapPanel* panel : panels())
        panel->followItem();
}

void MapLens::Impl::refreshColourings()
{
    const QSignalBlocker quiet(colour);
    const QString kept = colour->currentText();
    colour->clear();
    colourings = subject && subject->tally ? subject->colourings() : std::vector<MapColouring>{};
    if (axis)
        colourings.push_back({MapColouring::Kind::Axis, {}, axisTitle});
    for (const MapColouring& one : colourings)
        colour->addItem(one.title);
    colour->setCurrentIndex(std::max(0, colour->findText(kept)));
}

void MapLens::Impl::recolour()
{
    const auto at = static_cast<std::size_t>(std::max(0, colour->currentIndex()));
    if (at >= colourings.size())
        return;
    for (MapPanel* panel : panels())
        panel->setLook({colourings[at], side->sizedByUse(), axis});
}

// Facets of a large catalog take time and memory: they are made when they are looked at.
void MapLens::Impl::refreshFacets()
{
    const bool known = subject && subject->tally;
    const bool looked = known && side->shows(MapSide::Part::Filter);
    filter.setFacets(looked ? facetsOf(*subject->dataset, *subject->derived, *subject->tally) : std::vector<Facet>{},
                     known ? subject->dataset->itemCount() : 0);
    side->filters().rebuild();
    refilter();
}

// What is drawn around on a map, what is chosen of the attributes, and the table are one selection.
void MapLens::Impl::refilter()
{
    selected = filter.narrows() ? filter.passing() : std::vector<ItemIndex>{};
    for (MapPanel* panel : panels())
        panel->setSelected(selected);
    side->filters().refresh(filter.narrows() ? selected.size() : filter.items());
    side->setSelected(selected);
    showTable();
}

void MapLens::Impl::selectAround(std::vector<ItemIndex> items)
{
    std::ranges::sort(items);
    // What is drawn around anew is looked at whole: choices among the attributes made before would hide parts of it.
    filter.clear();
    if (!items.empty())
        filter.setBase(std::move(items));
    refilter();
}

void MapLens::Impl::clearSelection()
{
    filter.clear();
    refilter();
}

void MapLens::Impl::showTable()
{
    const bool ready = subject && subject->tally;
    tableCard->setVisible(ready && (tableButton->isChecked() || filter.narrows()));
    shownItems.clear();
    if (!ready || !tableCard->isVisibleTo(&page))
        return;
    shownItems = filter.passing();
    table->setTitle(filter.narrows() ? tr("Selected") : subject->isPeople ? tr("All people") : tr("All items"));
    tableModel->setItems(subject->dataset, subject->tally, shownItems, subject->derived,
                         subject->isPeople ? tr("Person") : tr("Title"));
}

void MapLens::Impl::offerClusters()
{
    auto* menu = new QMenu(&page);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const int number : clusterNumbers)
        QObject::connect(menu->addAction(tr("%1 groups (k-means)").arg(number)), &QAction::triggered, &page,
                         [this, number] { cluster({.by = ClusterPlan::By::KMeans, .clusters = number}); });
    QObject::connect(menu->addAction(tr("As many as there are dense places")), &QAction::triggered, &page,
                     [this] { cluster({.by = ClusterPlan::By::Density}); });
    menu->popup(clusters->mapToGlobal(QPoint(0, clusters->height() + space::xs)));
}

void MapLens::Impl::cluster(const ClusterPlan& plan)
{
    const ItemMap& map = first->source().map();
    const ModelEntry* entry = first->model();
    if (!map.model || !entry || !subject)
        return;
    const QString name = tr("Clusters of %1").arg(entry->name());
    (void)session.jobs().start<AttributeColumn>(
        name, {entry->row.seed, 0},
        [map, plan, dataset = subject->dataset,
         column = name.toStdString()](const JobContext& job) -> Result<AttributeColumn> {
            const auto terms = ItemTerms::count(dataset, job.part(0, .3));
            if (!terms)
                return tl::unexpected(terms.error());
            return clusterColumn(map, *terms, plan, column, job.part(.3, 1));
        },
        &page,
        [this, name, dataset = subject->dataset](Result<AttributeColumn> found) {
            if (!subject || dataset != subject->dataset || (!found && found.error().code == Code::Cancelled))
                return;
            if (!found)
                return session.raise(messageOf(found.error()));
            takeClusters(std::move(*found));
            colour->setCurrentIndex(std::max(0, colour->findText(columnTitle(name.toStdString()))));
        });
}

// Those of items are for all pages; those of people last as long as their map is shown.
void MapLens::Impl::takeClusters(AttributeColumn column)
{
    if (!subject->isPeople)
        return session.addDerived(std::move(column));
    setSubject(std::make_shared<const MapSubject>(subject->with(std::move(column))));
    refreshColourings();
    refreshFacets();
    recolour();
}

void MapLens::Impl::exportPicture()
{
    QString chosenFilter;
    const QString chosen = QFileDialog::getSaveFileName(&page, tr("Save the map"), QStringLiteral("map.png"),
                                                        tr("Picture (*.png);;Drawing (*.svg)"), &chosenFilter);
    const ModelEntry* entry = first->model();
    if (chosen.isEmpty() || !entry || !session.dataset())
        return;
    const QString file = withSuffix(chosen, chosenFilter, {QStringLiteral("png"), QStringLiteral("svg")});
    QStringList captions;
    for (const MapPanel* panel : panels())
        captions << panel->caption();
    const QString provenance =
        tr("Orrery %1; map of %2; dataset %3; seed %4")
            .arg(text(entry->row.build), captions.join(QStringLiteral("; ")), text(session.dataset()->hash()))
            .arg(entry->row.seed);
    sayExported(&page, file, saveMaps(file, panels(), *legend, provenance));
}

// The person of the other lens, or the guest.
void MapLens::Impl::showPerson()
{
    const auto user = session.dataset() ? session.person().user : std::nullopt;
    person->setText(user ? tr("Person %1").arg(text(session.dataset()->personName(*user))) : tr("Guest"));
    for (MapPanel* panel : panels())
        panel->showPerson(person->isChecked(), path->isChecked());
}

} // namespace orrery::ui
