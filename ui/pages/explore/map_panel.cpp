// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/map_panel.h"

#include "core/retrieval/vector_search.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/map/map_view.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace orrery::ui {
namespace {

constexpr std::size_t titledItems = 400, linkedNeighbours = 8, mostUnasked = 150'000;
constexpr int peopleRole = Qt::UserRole + 1; // of the vectors to choose from
constexpr float regionWeight = 1e9F;         // names of regions go before titles of items

QComboBox* namedBox(const QString& name, const QString& title, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setToolTip(title);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

} // namespace

struct MapPanel::Impl {
    Impl(MapPanel& owner, WorkspaceSession& openSession)
        : panel(owner), session(openSession), source(new MapSource(openSession, &owner))
    {
    }

    void build(const QString& name);
    void take(bool isNew, bool isFinal);
    void setPoints(const std::shared_ptr<const PointGrid>& grid, bool samePoints);
    void recolour();
    void suggestMethod(std::size_t items);
    [[nodiscard]] std::span<const float> given();
    void linkNeighbours(ItemIndex item);
    [[nodiscard]] std::vector<MapLabel> titleLabels() const;
    /// Among the vectors to choose from; -1 where they are not.
    [[nodiscard]] int placeOf(const ModelEntry* model, bool people) const
    {
        for (int i = 0; i < vectors->count() && model; ++i)
            if (vectors->itemData(i).toInt() == static_cast<int>(model->row.id) &&
                vectors->itemData(i, peopleRole).toBool() == people)
                return i;
        return -1;
    }
    [[nodiscard]] const ItemMap& map() const { return source->map(); }
    [[nodiscard]] std::vector<ItemIndex> itemsOf(const std::vector<std::uint32_t>& points) const
    {
        std::vector<ItemIndex> items;
        std::ranges::transform(points, std::back_inserter(items), [this](std::uint32_t p) { return map().items[p]; });
        return items;
    }
    [[nodiscard]] std::vector<std::uint32_t> pointsOf(const std::vector<ItemIndex>& items) const
    {
        std::vector<std::uint32_t> points;
        for (const ItemIndex item : items)
            if (const auto point = map().pointOf(item))
                points.push_back(*point);
        std::ranges::sort(points);
        return points;
    }

    MapPanel& panel;
    WorkspaceSession& session;
    MapSource* source;
    MapSubjectPtr subject;
    const MapPanel* example = nullptr;
    QComboBox* vectors = nullptr;
    QComboBox* method = nullptr;
    QLabel* trust = nullptr;
    MapView* view = nullptr;
    MapLook look;
    std::shared_ptr<const PointGrid> shown; // the places of the map, or of an epoch
    std::vector<ColouredItems::Entry> legend;
    std::map<std::string, ParamSet> params; // by method
    bool methodIsChosen = false;            // by the person
    bool showsRecommended = false, showsHistory = false;
};

MapPanel::MapPanel(WorkspaceSession& session, const QString& name, QWidget* parent)
    : QWidget(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build(name);
}

MapPanel::~MapPanel() = default;

void MapPanel::Impl::build(const QString& name)
{
    panel.setObjectName(name + ".panel");
    auto* layout = new QVBoxLayout(&panel);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::md, space::sm, space::md, space::sm);
    head->setSpacing(space::sm);
    vectors =
        namedBox(name + ".vectors", tr("Whose vectors: items that this model takes for alike lie together"), &panel);
    method = namedBox(name + ".method", tr("How the vectors are brought onto the map"), &panel);
    for (const ProjectionMethod& one : projectionMethods()) {
        method->addItem(text(one.title), text(one.id));
        method->setItemData(method->count() - 1, text(one.summary), Qt::ToolTipRole);
    }
    method->setCurrentIndex(std::max(0, method->findData(QStringLiteral("umap"))));
    trust = secondaryLabel({}, &panel);
    trust->setObjectName(name + ".trust");
    trust->setToolTip(tr("How far the map may be believed: 1 when all that lie together are alike, about 0.5 by chance "
                         "(trustworthiness of 10 neighbours, Venna & Kaski 2001)"));
    for (QWidget* control : {static_cast<QWidget*>(vectors), static_cast<QWidget*>(method)})
        head->addWidget(control);
    head->addWidget(trust);
    head->addStretch();
    layout->addLayout(head);
    view = new MapView(&panel);
    view->setObjectName(name + ".view");
    layout->addWidget(view, 1);
    connect(vectors, &QComboBox::currentIndexChanged, &panel, [this] {
        emit panel.modelChosen();
        panel.project();
    });
    connect(method, &QComboBox::activated, &panel, [this] { methodIsChosen = true; });
    connect(method, &QComboBox::currentIndexChanged, &panel, [this] {
        emit panel.methodChosen();
        panel.project();
    });
    connect(view, &MapView::clicked, &panel, [this](std::uint32_t point) { emit panel.clicked(map().items[point]); });
    connect(view, &MapView::hoveredChanged, &panel, [this](std::optional<std::uint32_t> point) {
        emit panel.hoveredChanged(point ? std::optional(map().items[*point]) : std::nullopt);
    });
    connect(view, &MapView::selectionChanged, &panel,
            [this](const std::vector<std::uint32_t>& points) { emit panel.selectionChanged(itemsOf(points)); });
    connect(source, &MapSource::drawn, &panel, [this](bool isNew, bool isFinal) { take(isNew, isFinal); });
    connect(source, &MapSource::forgotten, &panel, [this] {
        shown.reset();
        view->setPoints(std::make_shared<const PointGrid>(), {}, {});
        trust->clear();
        view->setPin({});
        view->setPath({});
    });
    connect(source, &MapSource::regionsNamed, &panel, [this] { panel.relabel(); });
    connect(source, &MapSource::trustMeasured, &panel,
            [this] { trust->setText(tr("trust %1").arg(decimal(*source->trust(), 2))); });
    for (const auto measured : {&MapSource::keptMeasured, &MapSource::hubsMeasured, &MapSource::errorsMeasured})
        connect(source, measured, &panel, [this] { recolour(); });
}

// Another theme has other colours.
void MapPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && m_impl->view)
        m_impl->recolour();
    QWidget::changeEvent(event);
}

MapView& MapPanel::view() const { return *m_impl->view; }
MapSource& MapPanel::source() const { return *m_impl->source; }
const ModelEntry* MapPanel::model() const { return m_impl->session.model(m_impl->vectors->currentData().toInt()); }
bool MapPanel::wantsPeople() const { return m_impl->vectors->currentData(peopleRole).toBool(); }

void MapPanel::setSubject(const MapSubjectPtr& subject)
{
    m_impl->subject = subject;
    m_impl->source->setSubject(subject);
}

const ProjectionMethod* MapPanel::method() const
{
    return requireProjection(m_impl->method->currentData().toString().toStdString()).value_or(nullptr);
}

void MapPanel::setParams(const ParamSet& params)
{
    m_impl->params[method()->id] = params;
    project();
}

ParamSet MapPanel::params() const
{
    const auto found = m_impl->params.find(method()->id);
    return found == m_impl->params.end() ? ParamSet{} : found->second;
}
const std::vector<ColouredItems::Entry>& MapPanel::legend() const { return m_impl->legend; }
QString MapPanel::caption() const
{
    const QString what = tr("%1 by %2").arg(m_impl->vectors->currentText(), m_impl->method->currentText());
    return m_impl->trust->text().isEmpty() ? what : what + QStringLiteral(", ") + m_impl->trust->text();
}
void MapPanel::setExample(const MapPanel* other) { m_impl->example = other; }

void MapPanel::refreshModels()
{
    QComboBox* const vectors = m_impl->vectors;
    const QSignalBlocker quiet(vectors);
    const ModelEntry* kept = model();
    const bool keptPeople = wantsPeople();
    vectors->clear();
    const auto offer = [&](bool people) {
        const bool others = vectors->count() > 0;
        for (const ModelEntry& entry : m_impl->session.models()) {
            const ModelPtr model = entry.recommender->model();
            if (!model || (people ? model->personSpace() : model->itemSpace()).vectors.empty())
                continue;
            if (people && others && !vectors->itemData(vectors->count() - 1, peopleRole).toBool())
                vectors->insertSeparator(vectors->count());
            vectors->addItem(people ? tr("People of %1").arg(entry.name()) : entry.name(),
                             static_cast<int>(entry.row.id));
            vectors->setItemData(vectors->count() - 1, people, peopleRole);
        }
    };
    const bool onlyPeople = m_impl->example && m_impl->example->wantsPeople();
    if (!onlyPeople)
        offer(false);
    if (!m_impl->example || onlyPeople)
        offer(true);
    vectors->setCurrentIndex(std::max(0, m_impl->placeOf(kept, keptPeople)));
}

void MapPanel::setAnotherModel(const ModelEntry* other, const ModelEntry* wanted)
{
    int at = m_impl->placeOf(wanted, wantsPeople());
    for (int i = 0; i < m_impl->vectors->count() && at < 0; ++i)
        if (!other || m_impl->vectors->itemData(i).toInt() != static_cast<int>(other->row.id))
            at = i;
    if (at >= 0)
        m_impl->vectors->setCurrentIndex(at);
}

// What takes minutes is not begun unasked.
void MapPanel::Impl::suggestMethod(std::size_t items)
{
    if (methodIsChosen)
        return;
    const QString id = items <= mostUnasked ? QStringLiteral("umap") : QStringLiteral("pca");
    const QSignalBlocker quiet(method);
    if (const int at = method->findData(id); at >= 0 && at != method->currentIndex()) {
        method->setCurrentIndex(at);
        emit panel.methodChosen();
    }
}

void MapPanel::project()
{
    const ModelEntry* entry = model();
    const MapSubjectPtr& subject = m_impl->subject;
    if (!isVisible() || !entry || !subject || subject->isPeople != wantsPeople())
        return;
    m_impl->suggestMethod(subject->spaceOf(*entry->recommender->model()).vectors.rows);
    const ItemMap* like = m_impl->example ? &m_impl->example->source().map() : nullptr;
    if (like && (!like->grid || m_impl->example->source().running()))
        return; // there is nothing yet to begin at: it is asked again then
    if (like && m_impl->example->model() == entry && m_impl->example->method() == method() &&
        m_impl->example->params() == params())
        return m_impl->source->showSame(m_impl->example->source());
    m_impl->source->show(*entry, *method(), params(), like);
}

void MapPanel::Impl::take(bool isNew, bool isFinal)
{
    trust->clear();
    setPoints(map().grid, !isNew);
    if (isNew)
        view->showAll();
    if (isFinal) {
        panel.showPerson(showsRecommended, showsHistory);
        panel.relabel();
        panel.followItem();
    }
    emit panel.redrawn(isNew, isFinal);
}

void MapPanel::showElsewhere(const std::optional<Layout>& places)
{
    if (!m_impl->map().grid || m_impl->source->running())
        return;
    m_impl->setPoints(places ? std::make_shared<const PointGrid>(*places) : m_impl->map().grid, true);
    if (!places) {
        relabel();
        showPerson(m_impl->showsRecommended, m_impl->showsHistory);
    }
}

void MapPanel::Impl::setPoints(const std::shared_ptr<const PointGrid>& grid, bool samePoints)
{
    PointLooks looks;
    looks.palette = {tokensFor(&panel).series[0].rgb()};
    looks.colours.assign(map().items.size(), 0);
    looks.sizes.assign(map().items.size(), 1);
    looks.ground = tokensFor(&panel).surface.rgb();
    looks.grey = tokensFor(&panel).strongLine.rgb();
    view->setPoints(
        grid, std::move(looks), [this](std::uint32_t point) { return subject->title(map().items[point]); }, samePoints);
    shown = grid;
    recolour();
}

void MapPanel::setLook(const MapLook& look)
{
    m_impl->look = look;
    m_impl->recolour();
}

// What is worked out is asked for when it is to be seen.
std::span<const float> MapPanel::Impl::given()
{
    switch (look.by.kind) {
    case MapColouring::Kind::Kept: source->measureKept(); return source->kept();
    case MapColouring::Kind::Hubs: source->measureHubs(); return source->hubs();
    case MapColouring::Kind::Error: source->measureErrors(); return source->errors();
    case MapColouring::Kind::Axis: return look.axis ? std::span<const float>(*look.axis) : std::span<const float>();
    default: return {};
    }
}

void MapPanel::Impl::recolour()
{
    if (!map().grid || !shown || !subject || !subject->tally)
        return;
    const Tokens& tokens = tokensFor(&panel);
    const ColouredItems coloured =
        colouredItems(*subject->dataset, *subject->derived, *subject->tally, look.by, tokens, given());
    const auto sizes = sizesByUse(*subject->tally);
    PointLooks looks;
    looks.palette = coloured.palette;
    looks.ground = tokens.surface.rgb();
    looks.grey = tokens.strongLine.rgb();
    for (const std::uint32_t point : shown->ids()) {
        looks.colours.push_back(coloured.colours[map().items[point].value]);
        looks.sizes.push_back(look.sizedByUse ? sizes[map().items[point].value] : std::uint8_t{1});
    }
    view->setLooks(std::move(looks));
    legend = coloured.legend;
    if (look.by.kind == MapColouring::Kind::Error && panel.model() && !panel.model()->row.heldOut)
        legend = {{MapPanel::tr("unknown: this model was trained on everything. Train one as of a date before the end"),
                   tokens.disabled, map().items.size()}};
    emit panel.recoloured();
}

// Titles of the most used: of those that would touch, the more used one stays.
std::vector<MapLabel> MapPanel::Impl::titleLabels() const
{
    const auto& counts = subject->tally->counts;
    std::vector<std::uint32_t> order(map().items.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto most = order.begin() + static_cast<std::ptrdiff_t>(std::min(titledItems, order.size()));
    std::ranges::partial_sort(order, most, std::greater{},
                              [&](std::uint32_t point) { return counts[map().items[point].value]; });
    std::vector<MapLabel> labels;
    for (auto point = order.begin(); point != most; ++point)
        labels.push_back({map().grid->point(*point), subject->title(map().items[*point]),
                          static_cast<float>(counts[map().items[*point].value]), false});
    return labels;
}

void MapPanel::relabel()
{
    if (!m_impl->map().grid || !m_impl->subject || !m_impl->subject->tally || m_impl->source->running())
        return;
    std::vector<MapLabel> labels = m_impl->titleLabels();
    for (const NamedRegion& region : m_impl->source->regions())
        labels.push_back({region.at, text(region.words), regionWeight + region.prominence, true});
    m_impl->view->setLabels(std::move(labels));
}

void MapPanel::setSelected(const std::vector<ItemIndex>& items) { m_impl->view->setSelection(m_impl->pointsOf(items)); }

void MapPanel::setHovered(std::optional<ItemIndex> item)
{
    m_impl->view->setHovered(item ? m_impl->map().pointOf(*item) : std::nullopt);
}

void MapPanel::flyTo(ItemIndex item)
{
    if (const auto point = m_impl->map().pointOf(item))
        m_impl->view->flyTo(*point);
}

void MapPanel::followItem()
{
    const auto item = m_impl->subject ? m_impl->subject->selected(m_impl->session) : std::nullopt;
    const auto point = item ? m_impl->map().pointOf(*item) : std::nullopt;
    if (!m_impl->map().grid || !point) {
        m_impl->view->setLinks({});
        return m_impl->view->setCurrent({});
    }
    m_impl->view->setCurrent(point);
    m_impl->linkNeighbours(*item);
}

void MapPanel::Impl::linkNeighbours(ItemIndex item)
{
    view->setLinks({});
    session.jobs().startQuick<std::vector<Near>>(
        QStringLiteral("map neighbours"),
        [map = source->shared(), item](const JobContext& context) {
            const VectorSpace& space = map->space;
            return ExactSearch(space.vectors, space.metric)
                .nearest(space.vectors.row(item.value), linkedNeighbours, context, item.value);
        },
        &panel,
        [this, item, grid = map().grid](Result<std::vector<Near>> near) {
            if (!near || grid != map().grid || subject->selected(session) != item)
                return;
            std::vector<MapLink> links;
            for (const Near& one : *near)
                if (const auto to = map().pointOf(ItemIndex{one.row}))
                    links.push_back({*map().pointOf(item), *to});
            view->setLinks(std::move(links));
        });
}

// The person of the other lens, or the guest.
void MapPanel::showPerson(bool recommended, bool history)
{
    m_impl->showsRecommended = recommended;
    m_impl->showsHistory = history;
    const ModelEntry* entry = model();
    if (!m_impl->map().grid || !entry || !m_impl->subject || m_impl->subject->isPeople)
        return;
    std::vector<HistoryEntry> entries = history ? m_impl->session.query().history : History{};
    std::ranges::stable_sort(entries, {}, &HistoryEntry::at);
    std::vector<std::uint32_t> path;
    for (const HistoryEntry& one : entries)
        if (const auto point = m_impl->map().pointOf(one.item))
            path.push_back(*point);
    m_impl->view->setPath(std::move(path));
    if (!recommended)
        return m_impl->view->setPin({});
    const auto user = m_impl->session.person().user;
    const QString title = user ? tr("Person %1").arg(text(m_impl->session.dataset()->personName(*user))) : tr("Guest");
    m_impl->session.jobs().startQuick<PersonOnMap>(
        QStringLiteral("map person"),
        [map = m_impl->source->shared(), recommender = entry->recommender, query = m_impl->session.query()](
            const JobContext& context) { return personOnMap(*map, *recommender, query, context); },
        this,
        [this, title, grid = m_impl->map().grid](Result<PersonOnMap> found) {
            if (!found || grid != m_impl->map().grid || !m_impl->showsRecommended)
                return;
            m_impl->view->setPin(found->at ? std::optional(MapPin{*found->at, title, found->recommended})
                                           : std::nullopt);
        });
}

} // namespace orrery::ui
