// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "core/store/places.h"
#include "ui/components/text.h"
#include "ui/inspector/inspector.h"
#include "ui/rules/rules_drawer.h"
#include "ui/session/workspace_session.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/job_strip.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/rail.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMimeData>
#include <QShortcut>
#include <QStackedWidget>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr QSize smallestWindow(1024, 640);
constexpr QSize usualWindow(1280, 800);

std::filesystem::path toPath(const QString& file) { return std::filesystem::path(file.toStdString()); }

QString workspaceFilter() { return MainWindow::tr("Orrery workspaces (*.orrery);;All files (*)"); }

} // namespace

MainWindow::MainWindow(WorkspaceSession& session, Theme& theme, QWidget* parent)
    : QMainWindow(parent), m_session(session), m_theme(theme)
{
    setMinimumSize(smallestWindow);
    resize(usualWindow);
    setAcceptDrops(true);
    buildFrame();
    buildActions();
    connectSession();
    refreshTitle();
    showPage(QStringLiteral("home"));
}

void MainWindow::buildFrame()
{
    auto* frame = new QWidget(this);
    auto* across = new QHBoxLayout(frame);
    across->setContentsMargins({});
    across->setSpacing(0);
    m_rail = new Rail(pageEntries(), frame);
    across->addWidget(m_rail);
    auto* rest = new QVBoxLayout;
    rest->setSpacing(0);
    across->addLayout(rest, 1);

    m_header = new HeaderBar(m_session, frame);
    rest->addWidget(m_header);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    auto* page = new QVBoxLayout;
    page->setSpacing(0);
    m_messages = new MessageBar(frame);
    m_pages = new QStackedWidget(frame);
    page->addWidget(m_messages);
    page->addWidget(m_pages, 1);
    middle->addLayout(page, 1);
    m_inspector = new Inspector(m_session, frame);
    m_inspector->setFixedWidth(space::inspectorWidth);
    m_inspector->hide();
    middle->addWidget(m_inspector);
    rest->addLayout(middle, 1);
    rest->addWidget(new JobStrip(m_session, frame));
    setCentralWidget(frame);
    m_rules = new RulesDrawer(m_session, frame);
    m_pages->installEventFilter(this);
    m_palette = new CommandPalette(m_session, frame);
    m_palette->setActions([this] { return allActions(); });
}

void MainWindow::buildActions()
{
    int number = 0;
    for (const PageEntry& entry : pageEntries())
        m_actions.push_back({tr("Go to %1").arg(entry.title), [this, id = entry.id] { showPage(id); },
                             QStringLiteral("Ctrl+%1").arg(++number)});
    m_actions.push_back({tr("Open a workspace…"), [this] { chooseWorkspace(); }, QStringLiteral("Ctrl+O")});
    m_actions.push_back({tr("New workspace"), [this] { newWorkspace(); }, QStringLiteral("Ctrl+N")});
    m_actions.push_back({tr("Save the workspace as…"), [this] { chooseCopy(); }, QStringLiteral("Ctrl+Shift+S")});
    m_actions.push_back(
        {tr("Switch between light and dark"), [this] { toggleTheme(); }, QStringLiteral("Ctrl+Shift+L")});
    m_actions.push_back({tr("Show or hide the inspector"), [this] { toggleInspector(); }, QStringLiteral("Ctrl+I")});
    m_actions.push_back({tr("Rules of B"), [this] { m_session.showRules(); }, QStringLiteral("Ctrl+R")});
    m_actions.push_back({tr("Open the sample films"), [this] { m_session.openSample(); }, {}});
    m_actions.push_back({tr("Open the sample shop"), [this] { m_session.openSample(samples()[1]); }, {}});
    m_actions.push_back({tr("Open the sample news"), [this] { m_session.openSample(samples()[2]); }, {}});
    for (const PageAction& action : m_actions)
        if (!action.shortcut.isEmpty())
            connect(new QShortcut(QKeySequence(action.shortcut), this), &QShortcut::activated, this, action.run);
    connect(new QShortcut(QKeySequence(QStringLiteral("Ctrl+K")), this), &QShortcut::activated, m_palette,
            &CommandPalette::open);
}

void MainWindow::connectSession()
{
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
    connect(m_header, &HeaderBar::paletteRequested, m_palette, &CommandPalette::open);
    connect(m_header, &HeaderBar::themeToggled, this, &MainWindow::toggleTheme);
    connect(m_header, &HeaderBar::inspectorToggled, this, [this] { toggleInspector(); });
    connect(&m_session, &WorkspaceSession::messageRaised, m_messages, &MessageBar::show);
    connect(&m_session, &WorkspaceSession::pageRequested, this, &MainWindow::showPage);
    connect(&m_session, &WorkspaceSession::rulesRequested, this, [this](std::optional<ModelId> of) {
        m_rules->setOfA(of && m_session.a() && m_session.a()->row.id == *of);
        toggleRules();
    });
    connect(m_rules, &RulesDrawer::closed, this, [this] { m_pages->currentWidget()->setFocus(); });
    connect(&m_session, &WorkspaceSession::workspaceChoiceRequested, this,
            [this](bool copy) { copy ? chooseCopy() : chooseWorkspace(); });
    connect(&m_session, &WorkspaceSession::workspaceChanged, this, &MainWindow::refreshTitle);
    connect(&m_session, &WorkspaceSession::itemSelected, this, [this] {
        if (!m_session.item())
            return;
        m_inspectorWanted = true;
        m_inspector->show();
    });
}

void MainWindow::showPage(const QString& id)
{
    const auto& entries = pageEntries();
    const auto entry = std::ranges::find(entries, id, &PageEntry::id);
    if (entry == entries.end())
        return;
    Page*& page = m_made[id];
    if (!page) {
        page = entry->make(m_session, m_pages);
        page->setObjectName("page." + id);
        m_pages->addWidget(page);
    }
    if (id != m_current)
        m_rules->close();
    m_current = id;
    m_pages->setCurrentWidget(page);
    m_rail->setCurrent(id);
    refreshInspector();
    page->setFocus();
    page->shown();
}

void MainWindow::toggleInspector()
{
    m_inspectorWanted = m_inspector->isHidden();
    m_inspector->setVisible(m_inspectorWanted);
}

// Pages without items keep their width; who asks for the inspector there gets it until the next page.
void MainWindow::refreshInspector()
{
    const auto entry = std::ranges::find(pageEntries(), m_current, &PageEntry::id);
    m_inspector->setVisible(m_inspectorWanted && entry->inspects);
}

// Rules are edited beside lists: elsewhere than in Explore and Judge there are none.
void MainWindow::toggleRules()
{
    if (m_rules->isOpen())
        return m_rules->close();
    if (m_current != QStringLiteral("judge"))
        showPage(QStringLiteral("explore"));
    layRules();
    m_rules->open();
}

// Over the page and the inspector, below what the window has to say.
void MainWindow::layRules()
{
    QRect area(m_pages->mapTo(centralWidget(), QPoint()), m_pages->size());
    if (m_inspector->isVisible())
        area.setRight(m_inspector->geometry().right());
    m_rules->cover(area);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_pages && (event->type() == QEvent::Resize || event->type() == QEvent::Move))
        QMetaObject::invokeMethod(this, &MainWindow::layRules, Qt::QueuedConnection);
    return QMainWindow::eventFilter(watched, event);
}

std::vector<PageAction> MainWindow::allActions()
{
    std::vector<PageAction> all;
    if (const auto page = m_made.find(m_current); page != m_made.end())
        all = page->second->actions();
    all.insert(all.end(), m_actions.begin(), m_actions.end());
    return all;
}

void MainWindow::refreshTitle()
{
    const QString name = text(m_session.file().stem().string());
    setWindowTitle(name.isEmpty() ? tr("Orrery") : tr("%1 – Orrery").arg(name));
}

void MainWindow::toggleTheme() { m_theme.choose(m_theme.isDark() ? ThemeChoice::Light : ThemeChoice::Dark); }

void MainWindow::newWorkspace()
{
    if (const auto file = untitledWorkspace())
        m_session.openUntitled(*file);
}

void MainWindow::chooseWorkspace()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a workspace"), {}, workspaceFilter());
    if (!file.isEmpty())
        m_session.openWorkspace(toPath(file));
}

void MainWindow::chooseCopy()
{
    QString file = QFileDialog::getSaveFileName(this, tr("Save the workspace as"), {}, workspaceFilter());
    if (file.isEmpty())
        return;
    if (!file.endsWith(QStringLiteral(".orrery")))
        file += QStringLiteral(".orrery");
    m_session.saveAs(toPath(file));
}

bool MainWindow::event(QEvent* event)
{
    if (event->type() == MessageEvent::kind()) {
        m_messages->show(static_cast<MessageEvent*>(event)->message());
        return true;
    }
    return QMainWindow::event(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    std::vector<std::filesystem::path> files;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile())
            continue;
        if (url.toLocalFile().endsWith(QStringLiteral(".orrery")))
            return m_session.openWorkspace(toPath(url.toLocalFile()));
        files.push_back(toPath(url.toLocalFile()));
    }
    if (files.size() == 1)
        m_session.openData(files.front());
    else if (!files.empty())
        m_session.openFiles(files);
}

} // namespace orrery::ui
