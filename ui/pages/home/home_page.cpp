// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/home/home_page.h"

#include "core/store/places.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/pages/home/door.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QScrollArea>

namespace orrery::ui {
namespace {

constexpr int widestContent = 1200;
constexpr std::size_t recentShown = 4;
constexpr int budgets[] = {10, 30, 120};

} // namespace

struct HomePage::Impl {
    Impl(HomePage& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    QWidget* buildDoors();
    QWidget* buildAnswer();
    QWidget* buildRecent();
    void refresh();
    void refreshAnswer();
    void refreshRecent();
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
    QVBoxLayout* recent = nullptr;
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
    lower->addWidget(buildAnswer(), 2);
    lower->addWidget(buildRecent(), 1);
    layout->addLayout(lower);
    layout->addStretch();
    scroll->setWidget(middle);
    for (const auto signal : {&WorkspaceSession::datasetChanged, &WorkspaceSession::firstAnswerReady})
        connect(&session, signal, &page, [this] { refresh(); });
    connect(&session, &WorkspaceSession::workspaceChanged, &page, [this] { refreshRecent(); });
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
        tr("What is in the data: films, people, ratings, the long tail."), QStringLiteral("data"));
    add(QStringLiteral("teach"), QStringLiteral("recipes"), tr("Teach an algorithm"),
        tr("Train one with its live curve, beside another, and compare."), QStringLiteral("recipes"));
    add(QStringLiteral("preview"), QStringLiteral("person"), tr("Preview recommendations"),
        tr("One person, two lists, and why each film is there."), QStringLiteral("explore"));
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

QWidget* HomePage::Impl::buildRecent()
{
    auto* card = new Card(tr("Data and recent work"), &page);
    card->body()->setContentsMargins(space::lg, space::md, space::lg, space::lg);
    card->body()->setSpacing(space::sm);
    auto* own = plainButton(tr("Open your own data…"), card);
    own->setObjectName(QStringLiteral("home.openData"));
    connect(own, &QPushButton::clicked, &page, [this] { chooseData(); });
    auto* sample = plainButton(tr("Open the sample films"), card);
    sample->setObjectName(QStringLiteral("home.openSample"));
    connect(sample, &QPushButton::clicked, &session, &WorkspaceSession::openSample);
    card->body()->addWidget(own);
    card->body()->addWidget(sample);
    auto* hint = secondaryLabel(
        tr("Or drop a file, a folder or a zip anywhere: MovieLens of any size, or a table of events."), card);
    hint->setWordWrap(true);
    card->body()->addWidget(hint);
    auto* files = new QHBoxLayout;
    auto* openFile = linkButton(tr("Open a workspace…"), card);
    connect(openFile, &QPushButton::clicked, &page, [this] { emit session.workspaceChoiceRequested(false); });
    auto* saveFile = linkButton(tr("Save a copy as…"), card);
    connect(saveFile, &QPushButton::clicked, &page, [this] { emit session.workspaceChoiceRequested(true); });
    files->addWidget(openFile);
    files->addWidget(saveFile);
    files->addStretch();
    card->body()->addLayout(files);
    recent = new QVBoxLayout;
    card->body()->addLayout(recent);
    card->body()->addStretch();
    return card;
}

void HomePage::Impl::refresh()
{
    header->setSubtitle(session.dataset() ? tr("with %1").arg(text(session.dataset()->name())) : QString());
    refreshAnswer();
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

void HomePage::Impl::refreshRecent()
{
    clearLayout(recent);
    std::size_t shown = 0;
    for (const auto& file : recentFiles()) {
        if (file == session.file() || shown == recentShown)
            continue;
        if (shown++ == 0)
            recent->addWidget(secondaryLabel(tr("Recent workspaces"), &page));
        auto* link = linkButton(text(file.stem().string()), &page);
        link->setToolTip(text(file.string()));
        connect(link, &QPushButton::clicked, &page, [this, file] { session.openWorkspace(file); });
        recent->addWidget(link, 0, Qt::AlignLeft);
    }
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
