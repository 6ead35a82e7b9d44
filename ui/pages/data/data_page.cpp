// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/data_page.h"

#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/itemmodels/catalog_model.h"
#include "ui/itemmodels/people_model.h"
#include "ui/pages/data/join_view.h"
#include "ui/pages/data/kinds_view.h"
#include "ui/pages/data/profile_view.h"
#include "ui/pages/data/report_view.h"
#include "ui/pages/data/roles_view.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QFileDialog>
#include <QMenu>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <utility>

namespace orrery::ui {
namespace {

enum Shown { ShowEmpty, ShowViews, ShowRoles, ShowJoin };
enum View { ProfileTab, CatalogTab, PeopleTab, KindsTab, ReportTab };

std::filesystem::path toPath(const QString& file) { return std::filesystem::path(file.toStdString()); }

} // namespace

struct DataPage::Impl {
    Impl(DataPage& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildViews();
    QWidget* tableCard(DataTable*& table, const QString& name, const QString& title);
    void ask(int what);
    void connectJoin();
    void refresh();
    void refreshTables();
    void showCatalog();
    void offerSources();
    void offerDatasets(QMenu* menu);
    void chooseFile();
    void chooseFolder();
    void choosePair();
    void chooseMore();

    DataPage& page;
    WorkspaceSession& session;
    PageHeader* header = nullptr;
    QPushButton* open = nullptr;
    QPushButton* append = nullptr;
    SegmentedControl* tabs = nullptr;
    QStackedLayout* stack = nullptr; // by Shown
    QStackedLayout* views = nullptr;
    RolesView* roles = nullptr;
    JoinView* join = nullptr;
    KindsView* kinds = nullptr;
    std::optional<std::size_t> asked; // whose columns are being chosen: a table of the join
    CatalogModel* catalog = nullptr;
    PeopleModel* people = nullptr;
    DataTable* catalogTable = nullptr;
    DataTable* peopleTable = nullptr;
};

DataPage::DataPage(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

DataPage::~DataPage() = default;

std::vector<PageAction> DataPage::actions()
{
    return {{tr("Open a data file…"), [this] { m_impl->chooseFile(); }, {}},
            {tr("Open a data folder…"), [this] { m_impl->chooseFolder(); }, {}},
            {tr("Append…"), [this] { m_impl->chooseMore(); }, {}},
            {tr("Show the catalog"), [this] { m_impl->tabs->setCurrent(CatalogTab); }, {}},
            {tr("Show the people"), [this] { m_impl->tabs->setCurrent(PeopleTab); }, {}},
            {tr("Show what events count"),
             [this] { m_impl->tabs->setCurrent(m_impl->kinds->applies() ? KindsTab : ProfileTab); },
             {}},
            {tr("Show the import report"), [this] { m_impl->tabs->setCurrent(ReportTab); }, {}}};
}

void DataPage::shown() {}

void DataPage::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    buildHeader();
    layout->addWidget(header);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    auto* empty =
        new EmptyState(tr("No data yet"),
                       tr("Open a file, a folder or a zip: MovieLens of any size, or a table of who did what. "
                          "Or drop it anywhere in this window, with its catalog."),
                       area);
    empty->addButton(tr("Open a file…"), [this] { chooseFile(); });
    empty->addButton(
        tr("Open the sample films"), [this] { session.openSample(); }, false);
    stack->addWidget(empty);
    stack->addWidget(buildViews());
    roles = new RolesView(session, area);
    stack->addWidget(roles);
    layout->addWidget(area, 1);
    join = new JoinView(session, area);
    stack->addWidget(join);
    connect(roles, &RolesView::closed, &page, [this] {
        if (!std::exchange(asked, std::nullopt))
            return refresh();
        ask(ShowJoin);
    });
    connect(&session, &WorkspaceSession::datasetChanged, &page, [this] { refresh(); });
    connect(&session, &WorkspaceSession::digestReady, &page, [this] { refreshTables(); });
    connect(&session, &WorkspaceSession::derivedChanged, &page, [this] { showCatalog(); });
    connect(&session, &WorkspaceSession::derivedPeopleChanged, &page, [this] { refreshTables(); });
    connect(&session, &WorkspaceSession::tableFound, &page, [this](const auto& path, const TablePreview& preview) {
        roles->show(path, preview);
        ask(ShowRoles);
    });
    connectJoin();
    refresh();
}

void DataPage::Impl::ask(int what)
{
    stack->setCurrentIndex(what);
    tabs->hide();
}

void DataPage::Impl::connectJoin()
{
    connect(&session, &WorkspaceSession::joinFound, &page, [this](const JoinLook& look) {
        asked.reset();
        join->show(look);
        ask(ShowJoin);
    });
    connect(join, &JoinView::closed, &page, [this] { refresh(); });
    connect(join, &JoinView::columnsAsked, &page, [this](std::size_t table, const TablePreview& preview, TableUse use) {
        roles->choose(join->pathOf(table), preview, use);
        ask(ShowRoles);
        asked = table;
    });
    connect(roles, &RolesView::columnsChosen, &page, [this](const TableLayout& layout) {
        if (asked)
            join->setLayoutOf(*asked, layout);
        asked.reset();
        ask(ShowJoin);
    });
}

void DataPage::Impl::buildHeader()
{
    header = new PageHeader(tr("Data"), &page);
    tabs = new SegmentedControl({tr("Profile"), tr("Catalog"), tr("People"), tr("What counts"), tr("Import report")},
                                header);
    tabs->setObjectName(QStringLiteral("data.tabs"));
    open = plainButton(tr("Open ▾"), header);
    open->setObjectName(QStringLiteral("data.open"));
    header->addAction(tabs);
    append = plainButton(tr("Append…"), header);
    append->setObjectName(QStringLiteral("data.append"));
    append->setToolTip(tr("Add files of newer events, items or people to this dataset: they are known by their ids,\n"
                          "and tables are joined as those of this dataset were"));
    header->addAction(append);
    header->addAction(open);
    connect(append, &QPushButton::clicked, &page, [this] { chooseMore(); });
    connect(tabs, &SegmentedControl::currentChanged, &page, [this](int index) { views->setCurrentIndex(index); });
    connect(open, &QPushButton::clicked, &page, [this] { offerSources(); });
}

QWidget* DataPage::Impl::tableCard(DataTable*& table, const QString& name, const QString& title)
{
    auto* card = new Card({}, &page);
    table = new DataTable(card);
    table->setObjectName(name);
    table->setTitle(title);
    card->body()->addWidget(table, 1);
    return card;
}

QWidget* DataPage::Impl::buildViews()
{
    auto* holder = new QWidget(&page);
    views = new QStackedLayout(holder);
    views->addWidget(new ProfileView(session, holder));
    catalog = new CatalogModel(&page);
    people = new PeopleModel(&page);
    views->addWidget(tableCard(catalogTable, QStringLiteral("data.catalog"), tr("Catalog")));
    views->addWidget(tableCard(peopleTable, QStringLiteral("data.people"), tr("People")));
    kinds = new KindsView(session, holder);
    views->addWidget(kinds);
    views->addWidget(new ReportView(session, holder));
    catalogTable->setModel(catalog);
    peopleTable->setModel(people);
    connect(catalogTable, &DataTable::rowActivated, &page,
            [this](int row) { session.selectItem(ItemIndex{static_cast<std::uint32_t>(row)}); });
    connect(peopleTable, &DataTable::rowActivated, &page,
            [this](int row) { session.selectPerson(UserIndex{static_cast<std::uint32_t>(row)}); });
    return holder;
}

void DataPage::Impl::refresh()
{
    const auto& dataset = session.dataset();
    stack->setCurrentIndex(dataset ? ShowViews : ShowEmpty);
    tabs->setVisible(dataset != nullptr);
    append->setVisible(dataset != nullptr && !session.trainEvents());
    header->setSubtitle(dataset ? tr("%1, read as %2").arg(text(dataset->from().source), text(dataset->from().format))
                                : QString());
    refreshTables();
}

// The catalog and the people are counted behind the window: until then their tables say so.
void DataPage::Impl::refreshTables()
{
    const auto& digest = session.digest();
    const QString waiting = tr("Counting who has what…");
    const QString nothing = tr("Nothing to show");
    catalogTable->setEmptyText(digest ? nothing : waiting);
    peopleTable->setEmptyText(digest ? nothing : waiting);
    tabs->setOffered(KindsTab, kinds->applies());
    showCatalog();
    people->setDataset(digest ? digest->dataset : nullptr, digest ? digest->people : nullptr, session.derivedPeople());
}

void DataPage::Impl::showCatalog()
{
    const auto& digest = session.digest();
    catalog->setDataset(digest ? digest->dataset : nullptr, digest ? digest->items : nullptr, session.derived());
}

void DataPage::Impl::offerSources()
{
    auto* menu = new QMenu(&page);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("A file or zip…")), &QAction::triggered, &page, [this] { chooseFile(); });
    connect(menu->addAction(tr("A folder…")), &QAction::triggered, &page, [this] { chooseFolder(); });
    connect(menu->addAction(tr("A training and a test file…")), &QAction::triggered, &page, [this] { choosePair(); });
    const auto offer = [&](const QString& words, const Sample& sample) {
        connect(menu->addAction(words), &QAction::triggered, &session, [this, sample] { session.openSample(sample); });
    };
    offer(tr("The sample films"), samples()[0]);
    offer(tr("The sample shop"), samples()[1]);
    offer(tr("The sample news"), samples()[2]);
    if (session.datasets().size() > 1)
        offerDatasets(menu);
    menu->popup(open->mapToGlobal(QPoint(0, open->height() + space::xs)));
}

void DataPage::Impl::offerDatasets(QMenu* menu)
{
    menu->addSection(tr("In this workspace"));
    for (const DatasetRow& row : session.datasets()) {
        QAction* action = menu->addAction(text(row.name));
        action->setCheckable(true);
        action->setChecked(row.id == session.datasetId());
        connect(action, &QAction::triggered, &session, [this, id = row.id] { session.showDataset(id); });
    }
}

void DataPage::Impl::chooseFile()
{
    std::vector<std::filesystem::path> files;
    for (const QString& file : QFileDialog::getOpenFileNames(&page, tr("Open data: several tables are joined")))
        files.push_back(toPath(file));
    if (files.size() == 1)
        session.openData(files.front());
    else if (!files.empty())
        session.openFiles(files);
}

void DataPage::Impl::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(&page, tr("Open a data folder"));
    if (!folder.isEmpty())
        session.openData(toPath(folder));
}

void DataPage::Impl::choosePair()
{
    const QString train = QFileDialog::getOpenFileName(&page, tr("The training file, such as u1.base"));
    if (train.isEmpty())
        return;
    const QString test = QFileDialog::getOpenFileName(&page, tr("The test file, such as u1.test"));
    if (test.isEmpty())
        return;
    ImportRequest request;
    request.path = toPath(train);
    request.testPath = toPath(test);
    session.importData(request);
}

void DataPage::Impl::chooseMore()
{
    if (!session.dataset())
        return;
    std::vector<std::filesystem::path> paths;
    for (const QString& file : QFileDialog::getOpenFileNames(&page, tr("Append events, items or people")))
        paths.push_back(toPath(file));
    session.appendData(paths);
}

} // namespace orrery::ui
