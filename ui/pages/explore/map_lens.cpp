// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_lens.h"

#include "core/projection/item_map.h"
#include "core/projection/projection.h"
#include "core/projection/projection_trust.h"
#include "core/retrieval/vector_search.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/save_file.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/catalog_model.h"
#include "ui/itemmodels/item_search.h"
#include "ui/map/map_colours.h"
#include "ui/map/map_view.h"
#include "ui/pages/explore/map_legend.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QTimer>

#include <algorithm>
#include <limits>
#include <mutex>
#include <numeric>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int tableHeight = 190, drawEvery = 100; // ms between two pictures of a layout that is being optimized
constexpr std::size_t titledItems = 400, linkedNeighbours = 8, mostRegions = 40;
constexpr float regionWeight = 1e9F; // names of regions go before titles of items

/// A layout on its way from a job to the window: the latest counts.
class LayoutMailbox {
public:
    void put(const Layout& layout)
    {
        const std::lock_guard lock(m_mutex);
        m_latest = layout;
    }
    [[nodiscard]] std::optional<Layout> take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_latest, std::nullopt);
    }

private:
    std::mutex m_mutex;
    std::optional<Layout> m_latest;
};

} // namespace

struct MapLens::Impl {
    Impl(MapLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildMap();
    void connectSession();
    void refreshModels();
    void refreshColourings();
    void project();
    void forgetMap();
    void take(ItemMap drawn, bool final);
    void recolour();
    void relabel();
    void nameRegions();
    void measureTrust();
    void measureKept();
    [[nodiscard]] std::vector<MapLabel> titleLabels() const;
    void showSelection(const std::vector<std::uint32_t>& points);
    void followItem();
    void linkNeighbours(ItemIndex item);
    void exportPicture();
    void showPerson();
    [[nodiscard]] const ModelEntry* chosenModel() const;
    [[nodiscard]] std::optional<MapColouring> chosenColouring() const;

    MapLens& page;
    WorkspaceSession& session;
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    QComboBox* vectors = nullptr;
    QComboBox* method = nullptr;
    QComboBox* colour = nullptr;
    QLabel* trust = nullptr;
    Picker* flyTo = nullptr;
    SegmentedControl* tools = nullptr;
    QPushButton* person = nullptr;
    MapView* view = nullptr;
    MapLegend* legend = nullptr;
    QWidget* tableCard = nullptr;
    DataTable* table = nullptr;
    CatalogModel* tableModel = nullptr;
    std::vector<MapColouring> colourings;
    ItemMap map;                            // what the view shows: its points are these items
    ItemMap coming;                         // of the job at hand, without points
    bool isNewLayout = false;               // nothing of it was shown yet: places of the one before mean nothing
    std::shared_ptr<const ItemTerms> terms; // of the dataset, once they were counted
    std::vector<NamedRegion> regions;
    std::vector<float> keptShares; // by item: of its neighbours, those that the map keeps; empty until it is known
    std::optional<JobId> job;
    std::shared_ptr<LayoutMailbox> mailbox;
    QTimer drawing;
    std::pair<ModelId, QString> shownMap{0, {}}; // model and method of what is shown or on its way
};

MapLens::MapLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

MapLens::~MapLens() = default;

std::vector<PageAction> MapLens::actions()
{
    return {{tr("Show the whole map"), [this] { m_impl->view->showAll(); }, {}},
            {tr("Fly to an item on the map"), [this] { m_impl->flyTo->setFocus(); }, {}},
            {tr("Let go of the selection on the map"),
             [this] {
                 m_impl->view->setSelection({});
                 m_impl->showSelection({});
             },
             {}}};
}

// Another theme has other colours.
void MapLens::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && m_impl->view)
        m_impl->recolour();
    Page::changeEvent(event);
}

void MapLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void MapLens::shown()
{
    m_impl->project();
    m_impl->showPerson();
    m_impl->followItem();
}

void MapLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    buildHeader();
    layout->addWidget(header);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    stack->addWidget(empty);
    stack->addWidget(buildMap());
    layout->addWidget(area, 1);
    drawing.setInterval(drawEvery);
    QObject::connect(&drawing, &QTimer::timeout, &page, [this] {
        if (const auto layout_ = mailbox ? mailbox->take() : std::nullopt)
            take(placed(coming, *layout_), false);
    });
    connectSession();
    refreshModels();
}

void MapLens::Impl::buildHeader()
{
    header = new PageHeader({}, &page);
    const auto box = [this](const QString& name, const QString& title) {
        auto* combo = new QComboBox(header);
        combo->setObjectName("map." + name);
        combo->setAccessibleName(title);
        combo->setToolTip(title);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        header->addAction(combo);
        return combo;
    };
    vectors = box(QStringLiteral("vectors"), tr("Whose vectors: items that this model takes for alike lie together"));
    method = box(QStringLiteral("method"), tr("How the vectors are brought onto the map"));
    for (const ProjectionMethod& one : projectionMethods()) {
        method->addItem(text(one.title), text(one.id));
        method->setItemData(method->count() - 1, text(one.summary), Qt::ToolTipRole);
    }
    method->setCurrentIndex(std::max(0, method->findData(QStringLiteral("umap"))));
    trust = secondaryLabel({}, header);
    trust->setObjectName(QStringLiteral("map.trust"));
    trust->setToolTip(tr("How far the map may be believed: 1 when all that lie together are alike, about 0.5 by chance "
                         "(trustworthiness of 10 neighbours, Venna & Kaski 2001)"));
    header->addAction(trust);
    colour = box(QStringLiteral("colour"), tr("What the points are coloured by"));
    flyTo = new Picker(tr("Fly to…"), header);
    flyTo->setObjectName(QStringLiteral("map.flyTo"));
    flyTo->setFixedWidth(140);
    header->addAction(flyTo);
    QObject::connect(vectors, &QComboBox::currentIndexChanged, &page, [this] { project(); });
    QObject::connect(method, &QComboBox::currentIndexChanged, &page, [this] { project(); });
    QObject::connect(colour, &QComboBox::currentIndexChanged, &page, [this] { recolour(); });
    QObject::connect(flyTo, &Picker::picked, &page, [this](int id) {
        const ItemIndex item{static_cast<std::uint32_t>(id)};
        flyTo->clear();
        session.selectItem(item);
        if (const auto point = map.pointOf(item))
            view->flyTo(*point);
    });
}

QWidget* MapLens::Impl::buildMap()
{
    auto* area = new QWidget(&page);
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    auto* card = new Card({}, area);
    card->setFlush(true);
    view = new MapView(card);
    view->setObjectName(QStringLiteral("map.view"));
    card->body()->addWidget(view, 1);
    auto* below = new QHBoxLayout;
    below->setContentsMargins(space::md, space::sm, space::md, space::sm);
    tools = new SegmentedControl({tr("Move"), tr("Rectangle"), tr("Lasso")}, card);
    tools->setObjectName(QStringLiteral("map.tools"));
    tools->setToolTip(
        tr("What dragging does; Shift and drag draws a rectangle at any time. Ctrl adds, Alt takes away"));
    legend = new MapLegend(card);
    legend->setObjectName(QStringLiteral("map.legend"));
    person = plainButton(tr("Person"), card);
    person->setObjectName(QStringLiteral("map.person"));
    person->setCheckable(true);
    person->setToolTip(
        tr("Show the person of the other lens among the items they are near to, linked to what the model "
           "recommends to them"));
    QObject::connect(person, &QPushButton::toggled, &page, [this] { showPerson(); });
    below->addWidget(tools);
    below->addWidget(person);
    auto* exportButton = plainButton(tr("Export…"), card);
    exportButton->setToolTip(tr("Save the map as a picture or a drawing"));
    QObject::connect(exportButton, &QPushButton::clicked, &page, [this] { exportPicture(); });
    below->addWidget(exportButton);
    below->addWidget(legend, 1);
    card->body()->addLayout(below);
    layout->addWidget(card, 1);
    tableCard = new Card(tr("Selected"), area);
    table = new DataTable(tableCard);
    table->setObjectName(QStringLiteral("map.table"));
    tableModel = new CatalogModel(table);
    table->setModel(tableModel);
    static_cast<Card*>(tableCard)->body()->addWidget(table);
    tableCard->setFixedHeight(tableHeight);
    tableCard->hide();
    layout->addWidget(tableCard);
    QObject::connect(tools, &SegmentedControl::currentChanged, &page,
                     [this](int tool) { view->setTool(static_cast<MapView::Tool>(tool)); });
    QObject::connect(view, &MapView::clicked, &page, [this](std::uint32_t point) {
        session.selectItem(map.items[point], chosenModel() ? std::optional(chosenModel()->row.id) : std::nullopt);
    });
    QObject::connect(view, &MapView::selectionChanged, &page,
                     [this](const std::vector<std::uint32_t>& points) { showSelection(points); });
    QObject::connect(table, &DataTable::rowActivated, &page, [this](int row) {
        const auto& selected = view->selection();
        if (row >= 0 && static_cast<std::size_t>(row) < selected.size())
            session.selectItem(map.items[selected[static_cast<std::size_t>(row)]]);
    });
    return area;
}

void MapLens::Impl::connectSession()
{
    const auto again = [this] {
        refreshModels();
        if (page.isVisible())
            project();
    };
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, [this, again] {
        forgetMap();
        terms.reset();
        again();
    });
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::digestReady, &page, [this] {
        flyTo->setSearch(itemSearch(session.digest()));
        refreshColourings();
        recolour();
        relabel();
    });
    QObject::connect(&session, &WorkspaceSession::itemSelected, &page, [this] { followItem(); });
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, [this] { showPerson(); });
}

const ModelEntry* MapLens::Impl::chosenModel() const { return session.model(vectors->currentData().toInt()); }

std::optional<MapColouring> MapLens::Impl::chosenColouring() const
{
    const auto at = static_cast<std::size_t>(std::max(0, colour->currentIndex()));
    return at < colourings.size() ? std::optional(colourings[at]) : std::nullopt;
}

void MapLens::Impl::refreshModels()
{
    const QVariant kept = vectors->currentData();
    {
        const QSignalBlocker quiet(vectors);
        vectors->clear();
        for (const ModelEntry& entry : session.models())
            if (const ModelPtr model = entry.recommender->model(); model && !model->itemSpace().vectors.empty())
                vectors->addItem(entry.name(), static_cast<int>(entry.row.id));
        vectors->setCurrentIndex(std::max(0, vectors->findData(kept)));
    }
    const bool ready = session.dataset() && vectors->count() > 0;
    stack->setCurrentIndex(ready ? 1 : 0);
    for (QWidget* control : {static_cast<QWidget*>(vectors), static_cast<QWidget*>(method),
                             static_cast<QWidget*>(colour), static_cast<QWidget*>(flyTo)})
        control->setVisible(ready);
    if (!session.dataset())
        empty->setTexts(tr("No data yet"), tr("Open the sample films on Home, or drop your own file anywhere."));
    else
        empty->setTexts(tr("No vectors yet"),
                        tr("A map needs a model with vectors of the items, such as implicit ALS, "
                           "SVD or LSA. Get a first answer on Home, or train one under Recipes."));
    refreshColourings();
}

void MapLens::Impl::refreshColourings()
{
    const QSignalBlocker quiet(colour);
    const QString kept = colour->currentText();
    colour->clear();
    colourings = session.dataset() && session.digest() ? colouringsOf(*session.dataset()) : std::vector<MapColouring>{};
    for (const MapColouring& one : colourings)
        colour->addItem(one.title);
    colour->setCurrentIndex(std::max(0, colour->findText(kept)));
}

// Not while the lens is hidden: nobody may ever look.
void MapLens::Impl::project()
{
    const ModelEntry* entry = chosenModel();
    const QString id = method->currentData().toString();
    if (!page.isVisible() || !entry || shownMap == std::pair(entry->row.id, id))
        return;
    const auto known = requireProjection(id.toStdString());
    if (!known)
        return session.raise(messageOf(known.error()));
    trust->clear();
    if (job)
        session.jobs().cancel(*job);
    shownMap = {entry->row.id, id};
    coming = mappedItems(entry->recommender->model());
    isNewLayout = true;
    mailbox = std::make_shared<LayoutMailbox>();
    job = session.jobs().start<Layout>(
        tr("Map of %1 by %2").arg(entry->name(), text((*known)->title)), {entry->row.seed, 0},
        [map = coming, chosen = *known, box = mailbox](const JobContext& context) {
            const Matrix rows = vectorsOf(map);
            ProjectionInput input{rows.view(), map.model->itemSpace().metric};
            input.drawn = [box](const Layout& layout) { box->put(layout); };
            return orrery::project(*chosen, input, {}, context);
        },
        &page,
        [this, box = mailbox](Result<Layout> layout) {
            if (box != mailbox)
                return; // another map was asked for
            job.reset();
            drawing.stop();
            mailbox.reset();
            if (!layout && layout.error().code == Code::Cancelled) {
                shownMap = {0, {}}; // what was drawn so far stays
                return;
            }
            if (!layout)
                return session.raise(messageOf(layout.error()));
            take(placed(coming, *layout), true);
        });
    drawing.start();
}

// Points of another dataset mean nothing here: the view must not offer them.
void MapLens::Impl::forgetMap()
{
    if (job)
        session.jobs().cancel(*job);
    job.reset();
    mailbox.reset();
    drawing.stop();
    shownMap = {0, {}};
    map = {};
    regions.clear();
    keptShares.clear();
    view->setPoints(std::make_shared<const PointGrid>(), {}, {});
    trust->clear();
    tableCard->hide();
}

void MapLens::Impl::take(ItemMap drawn, bool final)
{
    const bool same = map.model == drawn.model; // another picture of the same layout, or of another method
    if (!same)
        showSelection({});
    map = std::move(drawn);
    PointLooks looks;
    looks.palette = {tokensFor(&page).series[0].rgb()};
    looks.colours.assign(map.items.size(), 0);
    looks.sizes.assign(map.items.size(), 1);
    looks.ground = tokensFor(&page).surface.rgb();
    looks.grey = tokensFor(&page).strongLine.rgb();
    view->setPoints(
        map.grid, std::move(looks),
        [dataset = session.dataset(), items = map.items](std::uint32_t point) {
            return text(dataset->title(items[point]));
        },
        same);
    recolour();
    if (std::exchange(isNewLayout, false))
        view->showAll();
    regions.clear();
    keptShares.clear();
    if (!final)
        return;
    showPerson();
    relabel();
    nameRegions();
    measureTrust();
    followItem();
}

void MapLens::Impl::recolour()
{
    const auto by = chosenColouring();
    if (!map.grid || !session.digest() || !by)
        return;
    if (by->kind == MapColouring::Kind::Kept && keptShares.empty() && !job)
        measureKept();
    const Tokens& tokens = tokensFor(&page);
    const ColouredItems coloured = colouredItems(*session.dataset(), *session.digest()->items, *by, tokens, keptShares);
    const auto sizes = sizesByUse(*session.digest()->items);
    PointLooks looks;
    looks.palette = coloured.palette;
    looks.ground = tokens.surface.rgb();
    looks.grey = tokens.strongLine.rgb();
    for (const std::uint32_t point : map.grid->ids()) {
        looks.colours.push_back(coloured.colours[map.items[point].value]);
        looks.sizes.push_back(sizes[map.items[point].value]);
    }
    view->setLooks(std::move(looks));
    legend->setEntries(by->title, coloured.legend);
}

// Titles of the most used: of those that would touch, the more used one stays.
std::vector<MapLabel> MapLens::Impl::titleLabels() const
{
    const auto& counts = session.digest()->items->counts;
    std::vector<std::uint32_t> order(map.items.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto most = order.begin() + static_cast<std::ptrdiff_t>(std::min(titledItems, order.size()));
    std::ranges::partial_sort(order, most, std::greater{},
                              [&](std::uint32_t point) { return counts[map.items[point].value]; });
    std::vector<MapLabel> labels;
    for (auto point = order.begin(); point != most; ++point)
        labels.push_back({map.grid->point(*point), text(session.dataset()->title(map.items[*point])),
                          static_cast<float>(counts[map.items[*point].value]), false});
    return labels;
}

void MapLens::Impl::relabel()
{
    if (!map.grid || !session.digest())
        return;
    std::vector<MapLabel> labels = titleLabels();
    for (const NamedRegion& region : regions)
        labels.push_back({region.at, text(region.words), regionWeight + region.prominence, true});
    view->setLabels(std::move(labels));
}

// Counting the words of a large catalog takes seconds, once: the names come when they are there.
void MapLens::Impl::nameRegions()
{
    struct Named {
        std::shared_ptr<const ItemTerms> terms;
        std::vector<NamedRegion> regions;
    };
    session.jobs().startBehind<Named>(
        QStringLiteral("map regions"),
        [map = map, dataset = session.dataset(), known = terms](const JobContext& context) -> Result<Named> {
            auto counted = known;
            if (!counted) {
                auto fresh = ItemTerms::count(dataset, context);
                if (!fresh)
                    return tl::unexpected(fresh.error());
                counted = std::make_shared<const ItemTerms>(std::move(*fresh));
            }
            auto found = namedRegions(map, *counted, mostRegions, context);
            if (!found)
                return tl::unexpected(found.error());
            return Named{counted, std::move(*found)};
        },
        &page,
        [this, grid = map.grid](Result<Named> named) {
            if (!named || grid != map.grid)
                return;
            terms = named->terms;
            regions = std::move(named->regions);
            relabel();
        });
}

void MapLens::Impl::exportPicture()
{
    QString filter;
    const QString chosen = QFileDialog::getSaveFileName(&page, tr("Save the map"), QStringLiteral("map.png"),
                                                        tr("Picture (*.png);;Drawing (*.svg)"), &filter);
    const ModelEntry* entry = chosenModel();
    if (chosen.isEmpty() || !entry || !session.dataset())
        return;
    const QString file = withSuffix(chosen, filter, {QStringLiteral("png"), QStringLiteral("svg")});
    const QString provenance =
        tr("Orrery %1; map of %2 by %3; dataset %4; seed %5")
            .arg(text(entry->row.build), entry->name(), method->currentText(), text(session.dataset()->hash()))
            .arg(entry->row.seed);
    sayExported(&page, file, view->exportTo(file, provenance));
}

// The person of the other lens, or the guest.
void MapLens::Impl::showPerson()
{
    const auto user = session.dataset() ? session.person().user : std::nullopt;
    person->setText(user ? tr("Person %1").arg(text(session.dataset()->personName(*user))) : tr("Guest"));
    const ModelEntry* entry = chosenModel();
    if (!person->isChecked() || !map.grid || !entry)
        return view->setPin({});
    session.jobs().startQuick<PersonOnMap>(
        QStringLiteral("map person"),
        [map = map, recommender = entry->recommender, query = session.query()](const JobContext& context) {
            return personOnMap(map, *recommender, query, context);
        },
        &page,
        [this, grid = map.grid](Result<PersonOnMap> found) {
            if (!found || grid != map.grid || !person->isChecked())
                return;
            view->setPin(found->at ? std::optional(MapPin{*found->at, person->text(), found->recommended})
                                   : std::nullopt);
        });
}

void MapLens::Impl::measureTrust()
{
    session.jobs().startBehind<double>(
        QStringLiteral("map trust"), [map = map](const JobContext& context) { return trustOf(map, context); }, &page,
        [this, grid = map.grid](Result<double> found) {
            if (grid == map.grid && found)
                trust->setText(tr("trust %1").arg(decimal(*found, 2)));
        });
}

// Only when somebody wants to see it: of a large catalog it takes as long as the map itself.
void MapLens::Impl::measureKept()
{
    session.jobs().startBehind<std::vector<float>>(
        QStringLiteral("map neighbours kept"), [map = map](const JobContext& context) { return keptOf(map, context); },
        &page,
        [this, grid = map.grid](Result<std::vector<float>> found) {
            if (grid != map.grid || !found)
                return;
            keptShares = std::move(*found);
            recolour();
        });
}

void MapLens::Impl::showSelection(const std::vector<std::uint32_t>& points)
{
    tableCard->setVisible(!points.empty());
    std::vector<ItemIndex> items;
    std::ranges::transform(points, std::back_inserter(items), [this](std::uint32_t point) { return map.items[point]; });
    if (session.dataset() && session.digest())
        tableModel->setItems(session.dataset(), session.digest()->items, std::move(items));
    table->setTitle(tr("Items"));
}

void MapLens::Impl::followItem()
{
    const auto item = session.item();
    const auto point = item ? map.pointOf(*item) : std::nullopt;
    if (!map.grid || !point) {
        view->setLinks({});
        return view->setCurrent({});
    }
    view->setCurrent(point);
    linkNeighbours(*item);
}

void MapLens::Impl::linkNeighbours(ItemIndex item)
{
    view->setLinks({});
    session.jobs().startQuick<std::vector<Near>>(
        QStringLiteral("map neighbours"),
        [model = map.model, item](const JobContext& context) {
            const VectorSpace space = model->itemSpace();
            return ExactSearch(space.vectors, space.metric)
                .nearest(space.vectors.row(item.value), linkedNeighbours, context, item.value);
        },
        &page,
        [this, item, grid = map.grid](Result<std::vector<Near>> near) {
            if (!near || grid != map.grid || session.item() != item)
                return;
            std::vector<MapLink> links;
            for (const Near& one : *near)
                if (const auto to = map.pointOf(ItemIndex{one.row}))
                    links.push_back({*map.pointOf(item), *to});
            view->setLinks(std::move(links));
        });
}

} // namespace orrery::ui
