// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/item_lens.h"

#include "core/pipeline/item_audience.h"
#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/inspector/neighbours_pane.h"
#include "ui/itemmodels/item_search.h"
#include "ui/itemmodels/table_model.h"
#include "ui/pages/explore/losses_pane.h"
#include "ui/pages/explore/new_item.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>

#include <array>
#include <map>

namespace orrery::ui {
namespace {

constexpr std::size_t sampled = 2000, listLength = 100;
constexpr int sideWidth = 300;
constexpr std::array<std::size_t, 5> bounds{0, 3, 10, 30, 100};

/// What is known of the lists of one model.
struct Sampled {
    std::shared_ptr<const ListSample> sample;
    std::vector<double> exposure; ///< by item
};
using SampledPtr = std::shared_ptr<const Sampled>;

/// What is said of the item under one model.
struct Side {
    QString name;
    int colour = 0;
    ModelId model = 0;
    ItemAudience audience;
    double exposure = 0;
    std::optional<ItemTrace> trace; ///< for the person on screen
};

struct Findings {
    std::vector<Side> sides; ///< A, and B where there is one
    double chosen = 0;       ///< share of all choices
};

/// Groups of people under both.
class GroupsModel : public TableModel {
public:
    using TableModel::TableModel;
    void setFindings(const Findings& answer)
    {
        if (answer.sides.empty())
            return reset(0, {});
        const auto groups = std::make_shared<std::vector<AudienceGroup>>(answer.sides.front().audience.groups);
        const auto at = [groups](int row) -> const AudienceGroup& { return (*groups)[static_cast<std::size_t>(row)]; };
        std::vector<TableColumn> columns;
        columns.push_back({ItemLens::tr("Group"), TableColumn::Kind::Text, [at](int row) {
                               return columnTitle(at(row).column) + QStringLiteral(": ") + text(at(row).value);
                           }});
        columns.push_back({ItemLens::tr("People"), TableColumn::Kind::Number,
                           [at](int row) { return count(double(at(row).people)); },
                           [at](int row) { return QVariant(double(at(row).people)); }});
        for (const Side& side : answer.sides) {
            const auto shown = std::make_shared<std::vector<AudienceGroup>>(side.audience.groups);
            const auto share = [shown](int row) {
                const AudienceGroup& group = (*shown)[static_cast<std::size_t>(row)];
                return double(group.shown) / double(group.people);
            };
            TableColumn column{ItemLens::tr("Top %1, %2").arg(ItemAudience::top).arg(side.name),
                               TableColumn::Kind::Number, [share](int row) { return percent(share(row), 1); },
                               [share](int row) { return QVariant(share(row)); }};
            column.bar = [share](int row) { return share(row); };
            columns.push_back(std::move(column));
        }
        reset(static_cast<int>(groups->size()), std::move(columns));
    }
};

QString placesText(std::size_t bucket)
{
    return QStringLiteral("%1–%2").arg(bounds[bucket] + 1).arg(bounds[bucket + 1]);
}

ChartSpec chartOf(const Findings& answer)
{
    ChartSpec spec;
    spec.title = ItemLens::tr("Who gets it: share of people, by place in their list");
    spec.kind = ChartKind::Bars;
    spec.x.title = ItemLens::tr("place");
    spec.y.title = ItemLens::tr("share of people");
    spec.y.percent = true;
    spec.y.from = 0;
    spec.empty = ItemLens::tr("Nobody gets it within the first %1 places.").arg(listLength);
    bool anybody = false;
    for (std::size_t bucket = 0; bucket + 1 < bounds.size(); ++bucket)
        spec.categories << placesText(bucket);
    for (const Side& side : answer.sides) {
        ChartSeries series{side.name, side.colour, {}};
        for (std::size_t bucket = 0; bucket + 1 < bounds.size(); ++bucket) {
            const std::size_t people = side.audience.within(bounds[bucket + 1]) - side.audience.within(bounds[bucket]);
            anybody = anybody || people > 0;
            series.points.push_back({0,
                                     double(people) / double(std::max<std::size_t>(1, side.audience.people)),
                                     {},
                                     {},
                                     ItemLens::tr("%1 of %2 people").arg(people).arg(side.audience.people)});
        }
        spec.series.push_back(std::move(series));
    }
    if (!anybody)
        spec.series.clear();
    return spec;
}

QString exposureText(const Side& side, double chosen)
{
    const QString shown = percent(side.exposure, 2);
    if (side.exposure == 0)
        return ItemLens::tr("%1 shows it to nobody in the first %2 places.").arg(side.name).arg(ItemAudience::top);
    if (chosen == 0)
        return ItemLens::tr("%1 gives it %2 of what is shown; nobody chose it before.").arg(side.name, shown);
    return ItemLens::tr("%1 gives it %2 of what is shown: %3 times its share of choices.")
        .arg(side.name, shown, decimal(side.exposure / chosen, 1));
}

} // namespace

struct ItemLens::Impl {
    Impl(ItemLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    QWidget* buildBody();
    void connectSession();
    void refresh();
    [[nodiscard]] std::vector<const ModelEntry*> asked() const;
    void showNew();
    void sample(const ModelEntry& entry);
    void ask();
    void show(const Findings& answer);

    ItemLens& page;
    WorkspaceSession& session;
    std::map<RecommenderPtr, SampledPtr> samples; // null: they are on their way
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    Picker* picker = nullptr;
    QPushButton* newButton = nullptr;
    NewItem* newItem = nullptr;
    ChartView* chart = nullptr;
    DataTable* table = nullptr;
    GroupsModel* groups = nullptr;
    QLabel* exposure = nullptr;
    QLabel* whyNot = nullptr;
    LossesPane* losses = nullptr;
    QVBoxLayout* first = nullptr;
    NeighboursPane* neighbours = nullptr;
};

ItemLens::ItemLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

ItemLens::~ItemLens() = default;

std::vector<PageAction> ItemLens::actions()
{
    return {{tr("Find an item to look at"), [this] { m_impl->picker->setFocus(); }, {}},
            {tr("Write down a new item"), [this] { m_impl->newButton->setChecked(true); }, {}}};
}

void ItemLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }
void ItemLens::shown() { m_impl->refresh(); }

void ItemLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    header = new PageHeader({}, &page);
    picker = new Picker(tr("Find an item"), header);
    picker->setObjectName(QStringLiteral("item.find"));
    picker->setFixedWidth(180);
    newButton = plainButton(tr("New item…"), header);
    newButton->setObjectName(QStringLiteral("item.new"));
    newButton->setCheckable(true);
    newButton->setToolTip(tr("Write an item down that is not in the catalog yet, and see where it lands"));
    header->addAction(newButton);
    header->addAction(picker);
    layout->addWidget(header);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    stack->addWidget(empty);
    stack->addWidget(buildBody());
    newItem = new NewItem(session, area);
    stack->addWidget(newItem);
    QObject::connect(newButton, &QPushButton::toggled, &page, [this](bool on) {
        if (on)
            newItem->refreshFields();
        refresh();
    });
    layout->addWidget(area, 1);
    QObject::connect(picker, &Picker::picked, &page, [this](int id) {
        picker->clear();
        newButton->setChecked(false);
        session.selectItem(ItemIndex{static_cast<std::uint32_t>(id)});
    });
    connectSession();
}

QWidget* ItemLens::Impl::buildBody()
{
    auto* area = new QWidget(&page);
    auto* row = new QHBoxLayout(area);
    row->setContentsMargins({});
    row->setSpacing(space::md);
    auto* left = new QVBoxLayout;
    left->setSpacing(space::md);
    chart = new ChartView(area);
    chart->setObjectName(QStringLiteral("item.chart"));
    left->addWidget(chart, 1);
    auto* groupsCard = new Card({}, area);
    groupsCard->setFlush(true);
    table = new DataTable(groupsCard);
    table->setObjectName(QStringLiteral("item.groups"));
    table->setTitle(tr("By group"));
    groups = new GroupsModel(table);
    table->setModel(groups);
    groupsCard->body()->addWidget(table);
    left->addWidget(groupsCard, 1);
    row->addLayout(left, 1);
    auto* side = new Card({}, area);
    side->setFixedWidth(sideWidth);
    auto* inside = new QWidget(side);
    side->body()->addWidget(inside, 1);
    QVBoxLayout* column = scrolledColumn(inside);
    column->setSpacing(space::sm);
    const auto words = [&](const QString& title, const QString& name) {
        column->addWidget(sectionLabel(title, side));
        auto* label = secondaryLabel({}, side);
        label->setObjectName("item." + name);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
        return label;
    };
    exposure = words(tr("Shown and chosen"), QStringLiteral("exposure"));
    whyNot = words(tr("Why not here?"), QStringLiteral("whyNot"));
    losses = new LossesPane(session, side);
    losses->setObjectName(QStringLiteral("item.losses"));
    column->addWidget(losses);
    column->addWidget(sectionLabel(tr("First to get it"), side));
    first = new QVBoxLayout;
    first->setSpacing(space::xs);
    column->addLayout(first);
    column->addWidget(horizontalRule(side));
    neighbours = new NeighboursPane(session, side);
    column->addWidget(neighbours);
    column->addStretch();
    row->addWidget(side);
    return area;
}

void ItemLens::Impl::connectSession()
{
    const auto again = [this] {
        if (page.isVisible())
            refresh();
    };
    const auto anew = [this, again] {
        samples.clear();
        again();
    };
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, anew);
    QObject::connect(&session, &WorkspaceSession::asOfChanged, &page, anew);
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, [this, again] {
        std::erase_if(samples, [this](const auto& held) {
            return std::ranges::none_of(session.models(),
                                        [&](const ModelEntry& entry) { return entry.recommender == held.first; });
        });
        again();
    });
    QObject::connect(&session, &WorkspaceSession::comparisonChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::itemSelected, &page, again);
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::digestReady, &page,
                     [this] { picker->setSearch(itemSearch(session.digest())); });
}

std::vector<const ModelEntry*> ItemLens::Impl::asked() const
{
    std::vector<const ModelEntry*> entries;
    for (const ModelEntry* entry : {session.a(), session.b()})
        if (entry)
            entries.push_back(entry);
    return entries;
}

void ItemLens::Impl::refresh()
{
    picker->setVisible(session.dataset() != nullptr);
    newButton->setVisible(session.dataset() && session.a());
    const bool ready = session.dataset() && session.item() && session.a();
    header->setTitle(ready ? text(session.dataset()->title(*session.item())) : tr("Item"));
    stack->setCurrentIndex(0);
    if (!session.dataset())
        return empty->setTexts(tr("No data yet"), tr("Open a sample on Home, or drop your own file anywhere."));
    if (!session.a())
        return empty->setTexts(tr("No recommender yet"),
                               tr("Get a first answer on Home, or train a model under Recipes."));
    if (newButton->isChecked())
        return showNew();
    if (!session.item())
        return empty->setTexts(tr("Which item?"),
                               tr("Find one above, or click one in a list, on a shelf or on the map."));
    bool known = true;
    for (const ModelEntry* entry : asked()) {
        const auto held = samples.find(entry->recommender);
        known = known && held != samples.end() && held->second;
        if (held == samples.end())
            sample(*entry);
    }
    if (!known)
        return empty->setTexts(tr("Asking people's lists…"), {});
    ask();
}

// Its audience is told once A's lists are there.
void ItemLens::Impl::showNew()
{
    header->setTitle(tr("A new item"));
    const auto held = samples.find(session.a()->recommender);
    newItem->setModel(session.a(), held != samples.end() && held->second ? held->second->sample : nullptr);
    stack->setCurrentIndex(2);
    if (held == samples.end())
        sample(*session.a());
}

void ItemLens::Impl::sample(const ModelEntry& entry)
{
    samples[entry.recommender] = nullptr;
    session.jobs().startBehind<SampledPtr>(
        QStringLiteral("lists of %1").arg(entry.row.id),
        [dataset = session.dataset(), recommender = entry.recommender,
         asOf = session.asOf()](const JobContext& job) -> Result<SampledPtr> {
            auto found = sampleLists(*dataset, *recommender, asOf, sampled, listLength, job);
            if (!found)
                return tl::unexpected(found.error());
            auto exposures = exposureOf(*found, dataset->itemCount());
            return std::make_shared<const Sampled>(
                Sampled{std::make_shared<const ListSample>(std::move(*found)), std::move(exposures)});
        },
        &page,
        [this, of = entry.recommender, dataset = session.dataset(), asOf = session.asOf()](Result<SampledPtr> found) {
            const auto held = samples.find(of);
            if (dataset != session.dataset() || asOf != session.asOf() || held == samples.end())
                return;
            if (!found) {
                samples.erase(held);
                return session.raise(messageOf(found.error()));
            }
            held->second = *found;
            if (page.isVisible())
                refresh();
        });
}

void ItemLens::Impl::ask()
{
    struct Question {
        ModelEntry entry;
        SampledPtr sampled;
    };
    std::vector<Question> questions;
    for (const ModelEntry* entry : asked())
        questions.push_back({*entry, samples.at(entry->recommender)});
    session.jobs().startQuick<Findings>(
        QStringLiteral("item lens"),
        [questions, dataset = session.dataset(), asOf = session.asOf(), query = session.query(),
         item = *session.item()](const JobContext&) -> Result<Findings> {
            Findings answer;
            for (const Question& one : questions) {
                Side side{one.entry.name(),
                          one.entry.row.colour,
                          one.entry.row.id,
                          audienceOf(*one.sampled->sample, *dataset, asOf, item),
                          one.sampled->exposure[item.value],
                          {}};
                if (auto trace = one.entry.recommender->trace(query, item))
                    side.trace = std::move(*trace);
                answer.sides.push_back(std::move(side));
            }
            answer.chosen = shareOfChoices(*dataset, asOf)[item.value];
            return answer;
        },
        &page,
        [this, item = session.item()](Result<Findings> answer) {
            if (!answer)
                return session.raise(messageOf(answer.error()));
            if (item == session.item())
                show(*answer);
        });
}

void ItemLens::Impl::show(const Findings& answer)
{
    stack->setCurrentIndex(1);
    const ItemAudience& known = answer.sides.front().audience;
    ChartSpec spec = chartOf(answer);
    spec.provenance = tr("dataset %1; item %2").arg(text(session.dataset()->hash()), header->title());
    chart->setSpec(spec);
    groups->setFindings(answer);
    QStringList traces,
        shown{tr("It is %1 of all choices; %2 of the %3 people asked have it.")
                  .arg(percent(answer.chosen, 2), count(double(known.owners)), count(double(known.people)))};
    const auto user = session.person().user;
    const QString who = user ? personTitle(*session.dataset(), *user) : tr("Guest");
    clearLayout(first);
    for (const Side& side : answer.sides) {
        shown << exposureText(side, answer.chosen);
        if (side.trace)
            traces << tr("%1, %2: %3").arg(who, side.name, text(side.trace->verdict));
        for (std::size_t i = 0; i < std::min<std::size_t>(3, side.audience.first.size()); ++i) {
            const UserIndex person = side.audience.first[i];
            auto* link = linkButton(tr("%1 · %2").arg(personTitle(*session.dataset(), person), side.name), &page);
            connect(link, &QPushButton::clicked, &page, [this, person] {
                session.selectPerson(person);
                emit page.personAsked();
            });
            first->addWidget(link, 0, Qt::AlignLeft);
        }
    }
    if (first->count() == 0)
        first->addWidget(secondaryLabel(tr("nobody"), &page));
    exposure->setText(shown.join(u'\n'));
    whyNot->setText(traces.join(u'\n'));
    losses->refresh();
    neighbours->refresh();
}

} // namespace orrery::ui
