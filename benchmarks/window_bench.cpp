// SPDX-License-Identifier: GPL-3.0-or-later
// What a person waits for: from an edit of the history to painted lists, alone and while a model trains, and from
// starting the program to a window with the work of last time. Run with QT_QPA_PLATFORM=offscreen; the first argument
// is the number of edits (100).
#include "core/pipeline/person_view.h"
#include "core/simulation/generator.h"
#include "ui/pages/explore/list_board.h"
#include "ui/session/workspace_session.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace orrery;
using namespace orrery::ui;

constexpr std::size_t items = 10'000;
constexpr int settle = 300; // ms between edits: rows glide

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

/// Notes when the lists were last painted with nothing left to be worked out.
class PaintWatch : public QObject {
public:
    PaintWatch(QObject* board, const JobRunner& jobs) : m_board(board), m_jobs(jobs) { qApp->installEventFilter(this); }
    void arm()
    {
        m_painted = false;
        m_timer.start();
    }
    [[nodiscard]] bool painted() const { return m_painted; }
    [[nodiscard]] double milliseconds() const { return static_cast<double>(m_timer.nsecsElapsed()) / 1e6; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (watched == m_board && event->type() == QEvent::Paint && !m_jobs.quickBusy())
            m_painted = true; // its rows are painted in the same go, before the event loop comes back
        return false;
    }

private:
    QObject* m_board;
    const JobRunner& m_jobs;
    QElapsedTimer m_timer;
    bool m_painted = false;
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

Waited editToPainted(WorkspaceSession& session, PaintWatch& watch, int edits)
{
    Waited waited;
    const History history = session.query().history;
    for (int n = 0; n < edits; ++n) {
        session.resetHistory();
        waitFor(settle);
        while (session.jobs().quickBusy())
            waitFor(1);
        watch.arm();
        session.editHistory(nthEdit(history, n));
        while (!watch.painted())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        waited.milliseconds.push_back(watch.milliseconds());
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
    if (!generateWorld(plan, world, {}))
        giveUp("no world could be made");
    session.openUntitled(folder.filePath(QStringLiteral("bench.orrery")).toStdString());
    ImportRequest request;
    request.path = world;
    session.importData(request);
    idle(session.jobs());
    if (!session.dataset())
        giveUp("the world could not be imported");
}

int measure(const QString& program, int edits)
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
    auto* board = window.findChild<ListBoard*>();
    if (!board || board->columnCount() != 3)
        giveUp("three lists were to be shown");
    PaintWatch watch(board, jobs);

    double load[3] = {};
    (void)getloadavg(load, 3);
    std::printf("%zu items, %zu people, %zu ratings; a history of %zu; three lists; load average %.1f\n",
                session.dataset()->itemCount(), session.dataset()->personCount(), session.dataset()->log().size(),
                session.query().history.size(), load[0]);
    std::printf("%-52s %9s %9s %9s   %s\n", "milliseconds", "median", "p95", "most", "bar");
    print("lists of one person, worked out, one thread", engineAlone(session, edits), "< 50");
    print("from an edit to painted lists", editToPainted(session, watch, edits), "< 50");
    TrainingOrder endless{"svd", {}, "", 1};
    endless.params.set("epochs", std::int64_t{1000});
    endless.params.set("factors", std::int64_t{200});
    const JobId job = session.train(endless);
    waitFor(settle);
    const Waited training = editToPainted(session, watch, edits);
    if (!jobs.busy())
        giveUp("the training ended before the edits did");
    print("from an edit to painted lists, while SVD trains", training, "< 16 at p95");
    jobs.cancel(job);
    while (jobs.busy())
        waitFor(5);
    print("a start with that workspace, until its lists show",
          starts(program, folder.filePath(QStringLiteral("bench.orrery"))), "< 3000");
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.value(1) == QStringLiteral("--start"))
        return startOnly(arguments.value(2));
    const int edits = arguments.size() > 1 ? std::max(1, arguments[1].toInt()) : 100;
    return measure(QApplication::applicationFilePath(), edits);
}
