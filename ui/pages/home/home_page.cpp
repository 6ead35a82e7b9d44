// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/home/home_page.h"

#include "core/store/places.h"
#include "ui/charts/chart_view.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/pages/home/door.h"
#include "ui/pages/home/work_tile.h"
#include "ui/pages/judge/scoreboard.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScrollArea>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int widestContent = 1600;
constexpr int lowPage = 780; // below this the chart stands beside the sentences, and lists are shorter
constexpr int budgets[] = {10, 30, 120};
constexpr auto judgedBy = "ndcg@10"; // as the sentences of a first answer do

/// How many datasets and workspaces are offered.
struct Room {
    std::size_t datasets = 1, recent = 2;
};
constexpr Room littleRoom{1, 2};
constexpr Room muchRoom{4, 5};

QString sizeText(const DatasetRow& row)
{
    return HomePage::tr("%1 · %2 · %3")
        .arg(counted(double(row.people), HomePage::tr("person"), HomePage::tr("people")),
             counted(double(row.items), HomePage::tr("item"), HomePage::tr("items")),
             counted(double(row.events), HomePage::tr("event"), HomePage::tr("events")));
}

// Of a workspace that is not open: its newest dataset and how much work is in it.
QString glanceText(const Result<WorkspaceGlance>& glance)
{
    if (!glance)
        return text(glance.error().message);
    if (glance->datasets.empty())
        return HomePage::tr("no data yet");
    const DatasetRow& newest = glance->datasets.back();
    return HomePage::tr("%1 · %2 · %3")
        .arg(text(newest.name), counted(double(newest.events), HomePage::tr("event"), HomePage::tr("events")),
             counted(double(glance->models), HomePage::tr("model"), HomePage::tr("models")));
}

using Glances = std::vector<QString>;

} // namespace

struct HomePage::Impl {
    Impl(HomePage& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void connectSession();
    QWidget* buildDoors();
    QWidget* buildAnswer();
    QWidget* buildData();
    QWidget* buildRecent();
    void useHeight(int height);
    void refresh();
    void refreshAnswer();
    void refreshChart();
    void refreshDatasets();
    void refreshRecent();
    void glanceAt(const std::vector<std::filesystem::path>& files);
    void open(const QString& place);
    void chooseData();

    HomePage& page;
    WorkspaceSession& session;
    PageHeader* header = nullptr;
    QPushButton* answerButton = nullptr;
    QComboBox* budget = nullptr;
    QLabel* answerIntro = nullptr;
    QVBoxLayout* sentences = nullptr;
    QWidget* answerLinks = nullptr;
    ChartView* chart = nullptr;
    QBoxLayout* answerAndChart = nullptr;
    QVBoxLayout* datasets = nullptr;
    QVBoxLayout* recent = nullptr;
    Card* recentCard = nullptr;
    Room room = littleRoom;
};

HomePage::HomePage(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

HomePage::~HomePage() = default;

std::vector<PageAction> HomePage::actions()
{
    return {{tr("Get a first answer"), [this] { m_impl->answerButton->click(); }, {}},
            {tr("Open your own data…"), [this] { m_impl->chooseData(); }, {}}};
}

void HomePage::shown() { m_impl->refreshRecent(); }

void HomePage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    m_impl->useHeight(event->size().height());
}

void HomePage::Impl::build()
{
    auto* outer = new QVBoxLayout(&page);
    outer->setContentsMargins({});
    auto* scroll = new QScrollArea(&page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    outer->addWidget(scroll);
    auto* middle = new QWidget(scroll);
    auto* centred = new QHBoxLayout(middle);
    centred->setContentsMargins({});
    auto* inside = new QWidget(middle);
    inside->setMaximumWidth(widestContent);
    centred->addWidget(inside);
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::lg);
    header = new PageHeader(tr("See how recommenders work"), inside);
    layout->addWidget(header);
    layout->addWidget(buildDoors());
    auto* lower = new QHBoxLayout;
    lower->setSpacing(space::lg);
    answerAndChart = new QBoxLayout(QBoxLayout::LeftToRight);
    answerAndChart->setSpacing(space::lg);
    answerAndChart->addWidget(buildAnswer(), 1);
    chart = new ChartView(inside);
    chart->setObjectName(QStringLiteral("home.chart"));
    answerAndChart->addWidget(chart, 1);
    lower->addLayout(answerAndChart, 2);
    auto* side = new QVBoxLayout;
    side->setSpacing(space::lg);
    side->addWidget(buildData());
    side->addWidget(buildRecent());
    side->addStretch();
    lower->addLayout(side, 1);
    layout->addLayout(lower, 1);
    scroll->setWidget(middle);
    connectSession();
}

void HomePage::Impl::connectSession()
{
    for (const auto signal : {&WorkspaceSession::datasetChanged, &WorkspaceSession::firstAnswerReady})
        connect(&session, signal, &page, [this] { refresh(); });
    for (const auto signal : {&WorkspaceSession::runsChanged, &WorkspaceSession::modelsChanged})
        connect(&session, signal, &page, [this] { refreshChart(); });
    connect(&session, &WorkspaceSession::workspaceChanged, &page, [this] {
        refreshDatasets();
        refreshRecent();
    });
    connect(&session.jobs(), &JobRunner::jobStarted, &page, [this] { refreshAnswer(); });
    connect(&session.jobs(), &JobRunner::jobFinished, &page, [this] { refreshAnswer(); });
    refresh();
    refreshRecent();
}

QWidget* HomePage::Impl::buildDoors()
{
    auto* row = new QWidget(&page);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(space::lg);
    const auto add = [&](const QString& name, const QString& iconName, const QString& title, const QString& words,
                         const QString& place) {
        auto* door = new Door(iconName, title, words, row);
        door->setObjectName("home." + name);
        connect(door, &QAbstractButton::clicked, &page, [this, place] { open(place); });
        layout->addWidget(door, 1);
    };
    add(QStringLiteral("explore"), QStringLiteral("explore"), tr("Explore a catalog"),
        tr("What is in the data: items, people, ratings, the long tail."), QStringLiteral("data"));
    add(QStringLiteral("teach"), QStringLiteral("recipes"), tr("Teach an algorithm"),
        tr("Train one with its live curve, beside another, and compare."), QStringLiteral("recipes"));
    add(QStringLiteral("preview"), QStringLiteral("person"), tr("Preview recommendations"),
        tr("One person, two lists, and why each item is there."), QStringLiteral("explore"));
    return row;
}

QWidget* HomePage::Impl::buildAnswer()
{
    auto* card = new Card(tr("Get a first answer"), &page);
    card->body()->setContentsMargins(space::lg, space::md, space::lg, space::lg);
    card->body()->setSpacing(space::md);
    answerIntro =
        secondaryLabel(tr("Picks a fitting split, trains popularity, item kNN and implicit ALS, evaluates them "
                          "on what they have not seen, and says what came out."),
                       card);
    answerIntro->setWordWrap(true);
    card->body()->addWidget(answerIntro);
    auto* row = new QHBoxLayout;
    answerButton = primaryButton(tr("Get a first answer"), card);
    answerButton->setObjectName(QStringLiteral("home.answer"));
    budget = new QComboBox(card);
    budget->setAccessibleName(tr("Time budget"));
    for (const int seconds : budgets)
        budget->addItem(tr("within %1").arg(duration(seconds)), seconds);
    budget->setCurrentIndex(1);
    row->addWidget(answerButton);
    row->addWidget(budget);
    row->addStretch();
    card->body()->addLayout(row);
    sentences = new QVBoxLayout;
    sentences->setSpacing(space::sm);
    card->body()->addLayout(sentences);
    answerLinks = new QWidget(card);
    auto* links = new QHBoxLayout(answerLinks);
    links->setContentsMargins({});
    for (const auto& [words, place] :
         {std::pair(tr("See the lists"), "explore"), std::pair(tr("See the scores"), "judge")}) {
        auto* link = plainButton(words, answerLinks);
        connect(link, &QPushButton::clicked, &page, [this, to = QString::fromLatin1(place)] { session.showPage(to); });
        links->addWidget(link);
    }
    links->addStretch();
    card->body()->addWidget(answerLinks);
    card->body()->addStretch();
    connect(answerButton, &QPushButton::clicked, &page,
            [this] { session.getFirstAnswer(budget->currentData().toDouble()); });
    return card;
}

QWidget* HomePage::Impl::buildData()
{
    auto* card = new Card(tr("Data"), &page);
    card->body()->setContentsMargins(space::lg, space::md, space::lg, space::lg);
    card->body()->setSpacing(space::sm);
    auto* open = new QHBoxLayout;
    open->setSpacing(space::sm);
    auto* own = plainButton(tr("Open your own data…"), card);
    own->setObjectName(QStringLiteral("home.openData"));
    connect(own, &QPushButton::clicked, &page, [this] { chooseData(); });
    auto* sample = plainButton(tr("Open the sample films"), card);
    sample->setObjectName(QStringLiteral("home.openSample"));
    connect(sample, &QPushButton::clicked, &session, [this] { session.openSample(); });
    open->addWidget(own, 1);
    open->addWidget(sample, 1);
    card->body()->addLayout(open);
    auto* more = new QHBoxLayout;
    more->setSpacing(space::sm);
    const auto offer = [&](const QString& words, const Sample& offered, const QString& name) {
        auto* button = plainButton(words, card);
        button->setObjectName(name);
        connect(button, &QPushButton::clicked, &session, [this, offered] { session.openSample(offered); });
        more->addWidget(button, 1);
    };
    offer(tr("Open the sample shop"), samples()[1], QStringLiteral("home.openShop"));
    offer(tr("Open the sample news"), samples()[2], QStringLiteral("home.openNews"));
    card->body()->addLayout(more);
    // Two lines by themselves: a label that wraps asks for more height than it needs.
    card->body()->addWidget(secondaryLabel(tr("Or drop a file, a folder or a zip anywhere:\n"
                                              "MovieLens of any size, or a table of events."),
                                           card));
    datasets = new QVBoxLayout;
    datasets->setSpacing(space::sm);
    card->body()->addLayout(datasets);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return card;
}

QWidget* HomePage::Impl::buildRecent()
{
    recentCard = new Card(tr("Recent work"), &page);
    recentCard->body()->setContentsMargins(space::lg, space::md, space::lg, space::md);
    recentCard->body()->setSpacing(space::sm);
    recent = new QVBoxLayout;
    recent->setSpacing(space::sm);
    recentCard->body()->addLayout(recent);
    auto* files = new QHBoxLayout;
    auto* openFile = linkButton(tr("Open a workspace…"), recentCard);
    connect(openFile, &QPushButton::clicked, &page, [this] { emit session.workspaceChoiceRequested(false); });
    auto* saveFile = linkButton(tr("Save a copy as…"), recentCard);
    connect(saveFile, &QPushButton::clicked, &page, [this] { emit session.workspaceChoiceRequested(true); });
    files->addWidget(openFile);
    files->addWidget(saveFile);
    files->addStretch();
    recentCard->body()->addLayout(files);
    recentCard->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return recentCard;
}

void HomePage::Impl::useHeight(int height)
{
    const bool low = height < lowPage;
    answerAndChart->setDirection(low ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    // Below the sentences, the chart takes what they leave.
    answerAndChart->setStretch(0, low ? 1 : 0);
    const Room wanted = low ? littleRoom : muchRoom;
    if (wanted.recent == room.recent)
        return;
    room = wanted;
    refreshDatasets();
    refreshRecent();
}

void HomePage::Impl::refresh()
{
    header->setSubtitle(session.dataset() ? tr("with %1").arg(text(session.dataset()->name())) : QString());
    refreshAnswer();
    refreshChart();
    refreshDatasets();
}

void HomePage::Impl::refreshAnswer()
{
    answerButton->setEnabled(session.dataset() != nullptr && !session.jobs().busy());
    const auto& answer = session.firstAnswer();
    clearLayout(sentences);
    answerLinks->setVisible(answer.has_value());
    answerIntro->setVisible(!answer.has_value());
    answerButton->setText(answer ? tr("Answer again") : tr("Get a first answer"));
    if (!answer)
        return;
    for (const QString& sentence : answer->sentences) {
        auto* label = new QLabel(sentence, &page);
        label->setObjectName(QStringLiteral("home.sentence"));
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        sentences->addWidget(label);
    }
}

// The picture of what the sentences say: who ranks best, by the same runs.
void HomePage::Impl::refreshChart()
{
    ChartSpec spec;
    if (const auto& answer = session.firstAnswer()) {
        Scoreboard board(session, answer->protocolHash);
        board.sortBy(QString::fromLatin1(judgedBy));
        spec = board.ranking(QString::fromLatin1(judgedBy));
    }
    spec.title = tr("Who ranks best");
    spec.empty = session.dataset() ? tr("A first answer draws here who ranks best, and how sure that is.")
                                   : tr("Open the sample films or your own data to begin.");
    chart->setSpec(spec);
}

// The one that is shown first, then the newest.
void HomePage::Impl::refreshDatasets()
{
    clearLayout(datasets);
    std::vector<DatasetRow> rows = session.datasets();
    std::ranges::reverse(rows);
    std::ranges::stable_partition(rows, [this](const DatasetRow& row) { return row.id == session.datasetId(); });
    for (std::size_t i = 0; i < std::min(rows.size(), room.datasets); ++i) {
        const DatasetId id = rows[i].id;
        auto* tile = new WorkTile(QStringLiteral("data"), text(rows[i].name), &page);
        tile->setObjectName(QStringLiteral("home.dataset"));
        tile->setFacts(sizeText(rows[i]));
        tile->setShown(id == session.datasetId());
        connect(tile, &QAbstractButton::clicked, &page, [this, id] { session.showDataset(id); });
        datasets->addWidget(tile);
    }
    if (rows.size() > room.datasets) {
        auto* more = linkButton(tr("%1 more in this workspace").arg(rows.size() - room.datasets), &page);
        connect(more, &QPushButton::clicked, &page, [this] { session.showPage(QStringLiteral("data")); });
        datasets->addWidget(more, 0, Qt::AlignLeft);
    }
}

void HomePage::Impl::refreshRecent()
{
    clearLayout(recent);
    std::vector<std::filesystem::path> files = recentFiles();
    std::erase(files, session.file());
    files.resize(std::min(files.size(), room.recent));
    for (const auto& file : files) {
        auto* tile = new WorkTile(QStringLiteral("file"), text(file.stem().string()), &page);
        tile->setObjectName(QStringLiteral("home.recent"));
        tile->setToolTip(text(file.string()));
        tile->setFacts(QStringLiteral("…"));
        connect(tile, &QAbstractButton::clicked, &page, [this, file] { session.openWorkspace(file); });
        recent->addWidget(tile);
    }
    if (files.empty())
        recent->addWidget(secondaryLabel(tr("Workspaces that you open are listed here."), &page));
    glanceAt(files);
}

void HomePage::Impl::glanceAt(const std::vector<std::filesystem::path>& files)
{
    session.jobs().startBehind<Glances>(
        QStringLiteral("recent work"),
        [files](const JobContext& job) -> Result<Glances> {
            Glances texts;
            for (const auto& file : files) {
                if (const auto on = job.check(); !on)
                    return tl::unexpected(on.error());
                texts.push_back(glanceText(Workspace::glanceAt(file)));
            }
            return texts;
        },
        &page,
        [this](Result<Glances> texts) {
            for (int i = 0; texts && i < static_cast<int>(texts->size()) && i < recent->count(); ++i)
                if (auto* tile = qobject_cast<WorkTile*>(recent->itemAt(i)->widget()))
                    tile->setFacts((*texts)[static_cast<std::size_t>(i)]);
        });
}

void HomePage::Impl::open(const QString& place)
{
    if (!session.dataset())
        session.openSample();
    session.showPage(place);
}

void HomePage::Impl::chooseData()
{
    const QString file = QFileDialog::getOpenFileName(
        &page, tr("Open data: any file of a MovieLens folder, a zip, or a table"), {},
        tr("Data (*.zip *.csv *.tsv *.dat *.data *.item *.user *.gz *.base *.txt);;All files (*)"));
    if (!file.isEmpty())
        session.openData(std::filesystem::path(file.toStdString()));
}

} // namespace orrery::ui
