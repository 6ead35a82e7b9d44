// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/shelves_lens.h"

#include "core/pipeline/person_view.h"
#include "ui/components/picker.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/item_search.h"
#include "ui/pages/explore/card_faces.h"
#include "ui/pages/explore/shelf_row.h"
#include "ui/pages/explore/visit_panel.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>

#include <array>
#include <utility>

namespace orrery::ui {
namespace {

constexpr int panelWidth = 268;
constexpr Timestamp hour = 3'600;
constexpr Timestamp afterTheEnd = 86'400; // the clock can be moved so far beyond the last event

/// Shelves, with what stands on their cards.
struct Filled {
    struct Row {
        Shelf shelf;
        std::vector<CardFace> faces;
    };
    std::vector<Row> rows;
    std::optional<Storefront::Traffic> lastHour; ///< where events have times
};

} // namespace

struct ShelvesLens::Impl {
    Impl(ShelvesLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildPage();
    void offerPages(bool sells);
    void connectSession();
    void refresh();
    void open();
    void take(std::shared_ptr<const Storefront> opened);
    void begin();
    void readRealVisits();
    void ask();
    void show(const Filled& filled);
    [[nodiscard]] QString trafficText(const std::optional<Storefront::Traffic>& traffic) const;
    void done(ItemIndex item, EventKind what);
    void goTo(ShopPage::Kind kind);
    [[nodiscard]] bool isCurrent() const { return shop && &shop->dataset() == session.dataset().get(); }
    [[nodiscard]] const ModelEntry* filledBy() const
    {
        return b->isChecked() && session.b() ? session.b() : session.a();
    }

    ShelvesLens& page;
    WorkspaceSession& session;
    std::shared_ptr<const Storefront> shop; // null until it has been made
    std::shared_ptr<const Dataset> asked;   // whose shop is on its way
    DatasetId dataset = 0;                  // of the shop, in this state or an earlier one
    std::shared_ptr<const CardFaces> faces;
    ShopPage::Kind kind = ShopPage::Kind::Home;
    std::optional<ItemIndex> product;
    std::optional<UserIndex> visitor; // of the visit at hand
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    PageHeader* header = nullptr;
    QHBoxLayout* pagesRow = nullptr;
    SegmentedControl* pages = nullptr;
    QPushButton* b = nullptr;
    Picker* person = nullptr;
    ElidedLabel* productTitle = nullptr;
    QVBoxLayout* shelves = nullptr;
    std::vector<ShelfRow*> rows;
    VisitPanel* visit = nullptr;
};

ShelvesLens::ShelvesLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

ShelvesLens::~ShelvesLens() = default;

std::vector<PageAction> ShelvesLens::actions()
{
    return {{tr("Home page of the shop or paper"), [this] { m_impl->goTo(ShopPage::Kind::Home); }, {}},
            {tr("Page of the selected item"), [this] { m_impl->goTo(ShopPage::Kind::Product); }, {}},
            {tr("Cart of the visit"), [this] { m_impl->goTo(ShopPage::Kind::Cart); }, {}}};
}

void ShelvesLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void ShelvesLens::shown() { m_impl->refresh(); }

void ShelvesLens::Impl::build()
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
    stack->addWidget(buildPage());
    layout->addWidget(area, 1);
    connectSession();
}

void ShelvesLens::Impl::buildHeader()
{
    header = new PageHeader({}, &page);
    b = plainButton(tr("Filled by B"), header);
    b->setObjectName(QStringLiteral("shelves.b"));
    b->setCheckable(true);
    b->setToolTip(tr("“For you” and “Similar items” from B instead of A"));
    person = new Picker(tr("Find a person"), header);
    person->setObjectName(QStringLiteral("shelves.person"));
    person->setFixedWidth(130);
    auto* guest = plainButton(tr("Guest"), header);
    guest->setObjectName(QStringLiteral("shelves.guest"));
    guest->setToolTip(tr("Somebody new, of whom nothing is known"));
    for (QWidget* tool : {static_cast<QWidget*>(b), static_cast<QWidget*>(person), static_cast<QWidget*>(guest)})
        header->addAction(tool);
    QObject::connect(b, &QPushButton::toggled, &page, [this] { ask(); });
    QObject::connect(guest, &QPushButton::clicked, &session, &WorkspaceSession::selectGuest);
    QObject::connect(person, &Picker::picked, &page, [this](int id) {
        person->clear();
        session.selectPerson(UserIndex{static_cast<std::uint32_t>(id)});
    });
}

QWidget* ShelvesLens::Impl::buildPage()
{
    auto* area = new QWidget(&page);
    auto* row = new QHBoxLayout(area);
    row->setContentsMargins({});
    row->setSpacing(space::md);
    auto* card = new Card({}, area);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::md);
    pagesRow = top;
    offerPages(true);
    productTitle = new ElidedLabel({}, card);
    productTitle->setObjectName(QStringLiteral("shelves.product"));
    productTitle->setFont(ui::font(type::section, QFont::DemiBold));
    productTitle->setTextFormat(Qt::PlainText);
    top->addWidget(productTitle, 1);
    card->body()->addLayout(top);
    auto* list = new QWidget(card);
    shelves = scrolledColumn(list);
    shelves->setSpacing(space::lg);
    shelves->addStretch();
    card->body()->addWidget(list, 1);
    row->addWidget(card, 1);
    auto* side = new Card({}, area);
    side->setFixedWidth(panelWidth);
    visit = new VisitPanel(side);
    side->body()->addWidget(visit, 1);
    row->addWidget(side);
    QObject::connect(visit, &VisitPanel::changed, &page, [this] { ask(); });
    QObject::connect(visit, &VisitPanel::picked, &page, [this](ItemIndex item) { session.selectItem(item); });
    return area;
}

// Of ShopPage::Kind, in its order; a page of news has no cart.
void ShelvesLens::Impl::offerPages(bool sells)
{
    delete pages;
    QStringList titles{tr("Home page"), tr("Item page")};
    if (sells)
        titles << tr("Cart");
    pages = new SegmentedControl(titles, &page);
    pages->setObjectName(QStringLiteral("shelves.page"));
    pages->setToolTip(tr("Which page is shown"));
    pagesRow->insertWidget(0, pages);
    QObject::connect(pages, &SegmentedControl::currentChanged, &page,
                     [this](int at) { goTo(static_cast<ShopPage::Kind>(at)); });
}

void ShelvesLens::Impl::connectSession()
{
    const auto again = [this] {
        if (page.isVisible())
            refresh();
    };
    QObject::connect(&session, &WorkspaceSession::datasetChanged, &page, [this, again] {
        const bool isAnother = std::exchange(dataset, session.datasetId()) != session.datasetId();
        if (isAnother) { // else it was added to: the shelves stand until those of now are there
            shop.reset();
            faces.reset();
            product.reset();
            goTo(ShopPage::Kind::Home);
        }
        again();
    });
    QObject::connect(&session, &WorkspaceSession::digestReady, &page,
                     [this] { person->setSearch(personSearch(session.digest())); });
    QObject::connect(&session, &WorkspaceSession::comparisonChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::modelsChanged, &page, again);
    QObject::connect(&session, &WorkspaceSession::asOfChanged, &page, [this, again] {
        visitor.reset();
        begin();
        again();
    });
    QObject::connect(&session, &WorkspaceSession::personChanged, &page, [this, again] {
        if (session.person().user != visitor)
            begin();
        again();
    });
}

void ShelvesLens::Impl::refresh()
{
    const bool ready = session.dataset() && session.a();
    for (QWidget* tool : {static_cast<QWidget*>(b), static_cast<QWidget*>(person)})
        tool->setVisible(ready);
    stack->setCurrentIndex(ready && shop ? 1 : 0);
    if (!session.dataset())
        return empty->setTexts(tr("No data yet"), tr("Open a sample on Home, or drop your own file anywhere."));
    if (!session.a())
        return empty->setTexts(tr("No recommender yet"),
                               tr("Get a first answer on Home, or train a model under Recipes."));
    b->setEnabled(session.b() != nullptr);
    const auto user = session.person().user;
    header->setTitle(user ? personTitle(*session.dataset(), *user) : tr("Guest"));
    if (!isCurrent())
        return open();
    ask();
}

// A walk over all events: it comes when it is there.
void ShelvesLens::Impl::open()
{
    empty->setTexts(tr("Filling the shelves…"), {});
    if (std::exchange(asked, session.dataset()) == session.dataset())
        return;
    session.jobs().startBehind<std::shared_ptr<const Storefront>>(
        QStringLiteral("storefront"),
        [dataset = asked](const JobContext& job) { return Storefront::open(dataset, job); }, &page,
        [this, dataset = asked](Result<std::shared_ptr<const Storefront>> opened) {
            if (asked == dataset)
                asked.reset();
            if (dataset != session.dataset())
                return refresh();
            if (!opened)
                return session.raise(messageOf(opened.error()));
            take(std::move(*opened));
        });
}

// A visit goes on in a shop that was added to; its clock reaches what is new there.
void ShelvesLens::Impl::take(std::shared_ptr<const Storefront> opened)
{
    const bool goesOn = shop != nullptr && visitor == session.person().user;
    dataset = session.datasetId();
    shop = std::move(opened);
    faces = std::make_shared<const CardFaces>(shop, session.file().parent_path());
    if (goesOn && shop->last() != noTime) {
        visit->extend(shop->last() + afterTheEnd, shop->last());
        readRealVisits();
    } else if (!goesOn) {
        offerPages(faces->sells());
        pages->setCurrent(static_cast<int>(kind));
        begin();
    }
    refresh();
}

void ShelvesLens::Impl::begin()
{
    if (!shop)
        return;
    visitor = session.person().user;
    const Timestamp last = shop->last();
    const bool timed = last != noTime;
    const Timestamp now = !timed ? endOfTime : session.asOf() == endOfTime ? last : session.asOf();
    visit->begin(timed ? shop->first() : noTime, timed ? last + afterTheEnd : noTime, now,
                 [this](ItemIndex item) { return text(session.dataset()->title(item)); });
    if (timed)
        readRealVisits();
}

void ShelvesLens::Impl::readRealVisits()
{
    if (!visitor)
        return;
    session.jobs().startQuick<std::vector<std::vector<VisitEvent>>>(
        QStringLiteral("visits"),
        [dataset = session.dataset(), user = *visitor](
            const JobContext&) -> Result<std::vector<std::vector<VisitEvent>>> { return visitsOf(*dataset, user); },
        &page,
        [this, user = visitor](Result<std::vector<std::vector<VisitEvent>>> visits) {
            if (visits && user == visitor)
                visit->setReal(std::move(*visits));
        });
}

void ShelvesLens::Impl::goTo(ShopPage::Kind to)
{
    if (to == ShopPage::Kind::Product && session.item())
        product = session.item();
    kind = to;
    pages->setCurrent(static_cast<int>(to));
    ask();
}

void ShelvesLens::Impl::done(ItemIndex item, EventKind what)
{
    if (what == EventKind::View) {
        session.selectItem(item, filledBy() ? std::optional(filledBy()->row.id) : std::nullopt);
        goTo(ShopPage::Kind::Product);
    }
    visit->add(item, what); // which asks
}

// What the visitor did before the visit began is history; the visit itself is on top of it.
void ShelvesLens::Impl::ask()
{
    const ModelEntry* entry = filledBy();
    if (!isCurrent() || !entry || !page.isVisible())
        return;
    ShopPage wanted;
    wanted.kind = kind;
    wanted.product = product;
    wanted.visit = visit->visit();
    wanted.now = visit->now();
    const QString inCart = counted(double(wanted.visit.cart(wanted.now).size()), tr("item"), tr("items"));
    productTitle->setFullText(kind == ShopPage::Kind::Home   ? QString()
                              : kind == ShopPage::Kind::Cart ? tr("The cart holds %1").arg(inCart)
                              : product                      ? text(session.dataset()->title(*product))
                                        : tr("Choose an item: on a shelf, on the map or in the catalog"));
    if (kind == ShopPage::Kind::Product && !product)
        return show({});
    PersonQuestion question = session.question();
    question.asOf = visit->begun();
    session.jobs().startQuick<Filled>(
        QStringLiteral("shelves"),
        [front = shop, words = faces, wanted, question,
         recommender = entry->recommender](const JobContext& job) mutable -> Result<Filled> {
            wanted.visitor = queryOf(front->dataset(), question);
            auto found = front->shelves(wanted, *recommender, job);
            if (!found)
                return tl::unexpected(found.error());
            Filled filled;
            if (front->last() != noTime)
                filled.lastHour = front->traffic(wanted.now - hour, wanted.now);
            for (Shelf& shelf : *found) {
                Filled::Row row{std::move(shelf), {}};
                for (const ShelfItem& item : row.shelf.items)
                    row.faces.push_back(words->face(item, wanted.now));
                filled.rows.push_back(std::move(row));
            }
            return filled;
        },
        &page,
        [this, front = shop](Result<Filled> filled) {
            if (front != shop || (!filled && filled.error().code == Code::Cancelled))
                return;
            if (!filled)
                return session.raise(messageOf(filled.error()));
            show(*filled);
        });
}

// "In the hour before: 43 events by 31 people, most of them of The flu season finds what scans miss."
QString ShelvesLens::Impl::trafficText(const std::optional<Storefront::Traffic>& traffic) const
{
    if (!traffic)
        return {};
    if (!traffic->busiest)
        return tr("In the hour before, nobody did anything.");
    return tr("In the hour before: %1 by %2, most of %3.")
        .arg(counted(double(traffic->events), tr("event"), tr("events")),
             counted(double(traffic->people), tr("person"), tr("people")),
             text(session.dataset()->title(*traffic->busiest)));
}

void ShelvesLens::Impl::show(const Filled& filled)
{
    visit->setTraffic(trafficText(filled.lastHour));
    while (rows.size() < filled.rows.size()) {
        auto* row = new ShelfRow(QStringLiteral("shelves.%1").arg(rows.size()), shelves->parentWidget());
        shelves->insertWidget(static_cast<int>(rows.size()), row);
        QObject::connect(row, &ShelfRow::done, &page, [this](ItemIndex item, EventKind what) { done(item, what); });
        rows.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i]->setVisible(i < filled.rows.size());
        if (i < filled.rows.size())
            rows[i]->show(text(filled.rows[i].shelf.title), text(filled.rows[i].shelf.source),
                          text(filled.rows[i].shelf.note), filled.rows[i].faces);
    }
}

} // namespace orrery::ui
