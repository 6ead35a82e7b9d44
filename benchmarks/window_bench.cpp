// SPDX-License-Identifier: GPL-3.0-or-later
// What a person waits for: from a click or key that edits the history to painted lists, alone and while a model trains,
// from an event of a visit to painted shelves, and from starting the program to a window with the work of last time.
// Run with QT_QPA_PLATFORM=offscreen; the first argument is the number of edits (100).
#include "core/pipeline/person_view.h"
#include "core/simulation/generator.h"
#include "ui/components/picker.h"
#include "ui/lists/list_board.h"
#include "ui/pages/explore/history_list.h"
#include "ui/pages/explore/item_card.h"
#include "ui/session/workspace_session.h"
#include "ui/shell/main_window.h"

#include <QAbstractButton>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <QWindow>
#include <QtTest>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

namespace {

using namespace orrery;
using namespace orrery::ui;

constexpr std::size_t items = 10'000;
constexpr int settle = 300; // ms between edits: rows glide
constexpr int holding = 80; // ms that a button is held down

struct Waited {
    std::vector<double> milliseconds;
    [[nodiscard]] double at(double share) const
    {
        std::vector<double> sorted = milliseconds;
        std::ranges::sort(sorted);
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
    }
};

void print(const char* what, const Waited& waited, const char* bar)
{
    std::printf("%-52s %9.1f %9.1f %9.1f   %s\n", what, waited.at(0.5), waited.at(0.95), waited.at(1), bar);
    std::fflush(stdout);
}

[[noreturn]] void giveUp(const char* what)
{
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

void waitFor(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

/// Stops its clock when the window has been painted and flushed with the answer: the first time that nothing is left to
/// be worked out. Rows that glide are then still on their way.
class Program : public QApplication {
public:
    using QApplication::QApplication;
    void watch(const QWidget& window, const JobRunner& jobs)
    {
        m_window = &window;
        m_jobs = &jobs;
    }
    void startClock()
    {
        m_waited.reset();
        m_clock.start();
    }
    [[nodiscard]] std::optional<double> waited() const { return m_waited; } ///< ms; none: not painted yet

    bool notify(QObject* receiver, QEvent* event) override
    {
        const bool paints = receiver == m_window && event->type() == QEvent::UpdateRequest;
        const bool answered = paints && !m_jobs->quickBusy();
        const bool handled = QApplication::notify(receiver, event);
        if (answered && !m_waited)
            m_waited = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
        return handled;
    }

private:
    const QWidget* m_window = nullptr;
    const JobRunner* m_jobs = nullptr;
    QElapsedTimer m_clock;
    std::optional<double> m_waited;
};

void idle(const JobRunner& jobs)
{
    while (jobs.busy() || jobs.quickBusy())
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
}

ModelId train(WorkspaceSession& session, const char* algorithm, std::int64_t factors)
{
    TrainingOrder order;
    order.algorithm = algorithm;
    if (factors > 0)
        order.params.set("factors", factors);
    (void)session.train(order);
    idle(session.jobs());
    if (session.models().empty() || session.models().back().row.algorithm != algorithm)
        giveUp("a model could not be trained");
    return session.models().back().row.id;
}

HistoryEdit nthEdit(const History& history, int n)
{
    const HistoryEntry& entry = history[static_cast<std::size_t>(n) % history.size()];
    return {entry.item, static_cast<float>(1 + n % 5)};
}

Waited engineAlone(const WorkspaceSession& session, int edits)
{
    std::vector<RecommenderPtr> recommenders;
    for (const ModelEntry& entry : session.models())
        recommenders.push_back(entry.recommender);
    Waited waited;
    const History history = session.query().history;
    for (int n = 0; n < edits; ++n) {
        PersonQuestion question{session.person().user, {nthEdit(history, n)}, endOfTime};
        QElapsedTimer timer;
        timer.start();
        if (!viewPerson(*session.dataset(), recommenders, question, JobContext({1, 1})))
            giveUp("viewPerson failed");
        waited.milliseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return waited;
}

/// Edits as a hand makes them; the events go to the window, as the window system's do.
class Hand {
public:
    explicit Hand(const QWidget& window)
        : m_window(*window.windowHandle()), m_history(*window.findChild<HistoryList*>()),
          m_add(*window.findChild<Picker*>(QStringLiteral("history.add"))), m_board(*window.findChild<ListBoard*>())
    {
    }
    /// Does the n-th edit up to its last event, which is returned: letting go of the button, or Return.
    std::function<void()> prepare(int n)
    {
        const int row = n % rowsInReach;
        if (n % 3 == 0)
            return pressed(starAt(row, 1 + n % stars));
        if (n % 3 == 1)
            return pressed(m_history.crossRect(row).center());
        return typed(m_board.column(static_cast<std::size_t>(n) % m_board.columnCount())->rowAt(0)->content().title);
    }

private:
    static constexpr int rowsInReach = 20; // of the history, without scrolling
    static constexpr int stars = 5;

    [[nodiscard]] QPoint starAt(int row, int star) const
    {
        const QRect all = m_history.starsRect(row);
        return {all.left() + all.width() * (2 * star - 1) / (2 * stars), all.center().y()};
    }
    std::function<void()> pressed(QPoint inHistory)
    {
        const QPoint at = m_history.viewport()->mapTo(m_history.window(), inHistory);
        QTest::mouseMove(&m_window, at);
        QTest::mousePress(&m_window, Qt::LeftButton, {}, at);
        return [this, at] { QTest::mouseRelease(&m_window, Qt::LeftButton, {}, at); };
    }
    std::function<void()> typed(const QString& title)
    {
        m_add.setFocus();
        QTest::keyClicks(&m_add, title);
        return [this] { QTest::keyPress(&m_window, Qt::Key_Return); };
    }

    QWindow& m_window;
    HistoryList& m_history;
    Picker& m_add;
    ListBoard& m_board;
};

Waited editToPainted(WorkspaceSession& session, Program& program, Hand& hand, int edits)
{
    Waited waited;
    for (int n = 0; n < edits; ++n) {
        session.resetHistory();
        waitFor(settle);
        const std::function<void()> lastEvent = hand.prepare(n);
        waitFor(holding);
        while (session.jobs().quickBusy())
            waitFor(1);
        program.startClock();
        lastEvent();
        while (!program.waited())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (session.person().edits.size() != 1)
            giveUp("an edit did not arrive");
        waited.milliseconds.push_back(*program.waited());
    }
    return waited;
}

/// Things that a visitor does, by keys: cart, skip, buy, on the first card of the first shelf.
Waited visitToPainted(WorkspaceSession& session, Program& program, MainWindow& window, int events)
{
    constexpr std::array keys{Qt::Key_C, Qt::Key_S, Qt::Key_B};
    Waited waited;
    for (auto* button : window.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == QStringLiteral("Shelves"))
            button->click();
    const auto firstCard = [&window] { return window.findChild<ItemCard*>(QStringLiteral("shelves.0.card.0")); };
    while (!firstCard() || !firstCard()->isVisible())
        waitFor(settle);
    for (int n = 0; n < events; ++n) {
        waitFor(settle);
        while (session.jobs().quickBusy())
            waitFor(1);
        program.startClock();
        QTest::keyClick(firstCard(), keys[static_cast<std::size_t>(n) % keys.size()]);
        while (!program.waited())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        waited.milliseconds.push_back(*program.waited());
    }
    return waited;
}

/// The whole program again with a stored workspace, until Explore shows its lists.
int startOnly(const QString& file)
{
    Theme theme(*qApp);
    JobRunner jobs;
    WorkspaceSession session(jobs);
    MainWindow window(session, theme);
    window.show();
    session.openWorkspace(file.toStdString());
    idle(jobs);
    window.showPage(QStringLiteral("explore"));
    idle(jobs);
    return window.grab().isNull() || !session.a() ? 1 : 0;
}

Waited starts(const QString& program, const QString& file)
{
    Waited waited;
    for (int n = 0; n < 5; ++n) {
        QElapsedTimer timer;
        timer.start();
        if (QProcess::execute(program, {QStringLiteral("--start"), file}) != 0)
            giveUp("the window could not be started again");
        waited.milliseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return waited;
}

void importWorld(WorkspaceSession& session, const QTemporaryDir& folder)
{
    WorldPlan plan;
    plan.people = 4'000;
    plan.items = items;
    plan.interactions = 400'000;
    const auto world = std::filesystem::path(folder.filePath(QStringLiteral("world")).toStdString());
    // On one thread: workers that the scheduler starts here would train at the window's own priority later.
    if (!generateWorld(plan, world, JobContext({1, 1})))
        giveUp("no world could be made");
    session.openUntitled(folder.filePath(QStringLiteral("bench.orrery")).toStdString());
    ImportRequest request;
    request.path = world;
    session.importData(request);
    idle(session.jobs());
    if (!session.dataset())
        giveUp("the world could not be imported");
}

int measure(Program& program, int edits)
{
    const QTemporaryDir folder;
    qputenv("XDG_DATA_HOME", folder.path().toUtf8());
    Theme theme(*qApp);
    JobRunner jobs;
    WorkspaceSession session(jobs);
    importWorld(session, folder);
    session.setA(train(session, "item-knn", 0));
    session.setB(train(session, "implicit-als", 64));
    session.setExtraColumns({train(session, "svd", 64)});
    session.selectPerson(UserIndex{7});
    MainWindow window(session, theme);
    window.resize(1920, 1080);
    window.show();
    window.showPage(QStringLiteral("explore"));
    idle(jobs);
    const auto* board = window.findChild<ListBoard*>();
    if (!board || board->columnCount() != 3)
        giveUp("three lists were to be shown");
    program.watch(window, jobs);
    Hand hand(window);

    double load[3] = {};
    (void)getloadavg(load, 3);
    std::printf("%zu items, %zu people, %zu ratings; a history of %zu; three lists; load average %.1f\n",
                session.dataset()->itemCount(), session.dataset()->personCount(), session.dataset()->log().size(),
                session.query().history.size(), load[0]);
    std::printf("%-52s %9s %9s %9s   %s\n", "milliseconds", "median", "p95", "most", "bar");
    print("lists of one person, worked out, one thread", engineAlone(session, edits), "< 50");
    print("from an edit to painted lists", editToPainted(session, program, hand, edits), "< 50");
    print("from an event of a visit to painted shelves", visitToPainted(session, program, window, edits), "< 50");
    for (auto* button : window.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == QStringLiteral("Person"))
            button->click();
    idle(jobs);
    TrainingOrder endless{"svd", {}, "", 1};
    endless.params.set("epochs", std::int64_t{1000});
    endless.params.set("factors", std::int64_t{500});
    const JobId job = session.train(endless);
    waitFor(settle);
    const Waited training = editToPainted(session, program, hand, edits);
    if (!jobs.busy())
        giveUp("the training ended before the edits did");
    print("from an edit to painted lists, while SVD trains", training, "< 16 at p95");
    jobs.cancel(job);
    while (jobs.busy())
        waitFor(5);
    print("a start with that workspace, until its lists show",
          starts(Program::applicationFilePath(), folder.filePath(QStringLiteral("bench.orrery"))), "< 3000");
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    Program program(argc, argv);
    const QStringList arguments = Program::arguments();
    if (arguments.value(1) == QStringLiteral("--start"))
        return startOnly(arguments.value(2));
    const int edits = arguments.size() > 1 ? std::max(1, arguments[1].toInt()) : 100;
    return measure(program, edits);
}
