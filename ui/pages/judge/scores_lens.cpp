// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/scores_lens.h"

#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"
#include "ui/pages/judge/group_board.h"
#include "ui/pages/judge/protocol_card.h"
#include "ui/pages/judge/scoreboard.h"
#include "ui/session/workspace_session.h"
#include "ui/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QStackedLayout>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace orrery::ui {
namespace {

constexpr std::size_t metricsFirst = 3;
constexpr int byLetters = 22; // a longer name of a segment is cut

void fill(QComboBox& box, const std::vector<MetricChoice>& metrics, const QString& usual)
{
    const QString kept = box.currentData().toString();
    const QSignalBlocker quiet(box);
    box.clear();
    for (const MetricChoice& metric : metrics)
        box.addItem(text(metric.title()), text(metric.id()));
    const int at = box.findData(kept);
    const int other = box.findData(usual);
    box.setCurrentIndex(at >= 0 ? at : std::max(0, other));
}

struct Compared {
    Scoreboard board;
    Scoreboard::Reports reports; ///< of the runs on the board, and no others
};

// Of the reports that `task` brings, those on the board are kept; the others are read from the workspace.
Result<Compared> compared(Compared task, std::optional<ModelId> a, const QString& metric,
                          const std::filesystem::path& file, const JobContext& job)
{
    const auto isA = [&](const Scored& row) { return a && row.model.row.id == *a; };
    const auto known = std::exchange(task.reports, {});
    if (std::ranges::none_of(task.board.rows(), isA))
        return task;
    std::optional<Workspace> workspace;
    for (const Scored& row : task.board.rows()) {
        if (const auto on = job.check(); !on)
            return tl::unexpected(on.error());
        if (!row.folds.empty())
            continue;
        if (const auto found = known.find(row.run.id); found != known.end()) {
            task.reports.insert(*found);
            continue;
        }
        if (!workspace) {
            auto opened = Workspace::open(file);
            if (!opened)
                return tl::unexpected(opened.error());
            workspace.emplace(std::move(*opened));
        }
        auto run = workspace->run(row.run.id);
        if (!run)
            return tl::unexpected(run.error());
        task.reports.emplace(row.run.id, std::make_shared<const EvaluationReport>(std::move(run->report)));
    }
    task.board.compareWithA(a, metric, task.reports);
    return task;
}

} // namespace

struct ScoresLens::Impl {
    Impl(ScoresLens& owner, WorkspaceSession& openSession) : page(owner), session(openSession) {}

    void build();
    void buildHeader();
    QWidget* buildScores();
    QComboBox* metricBox(const QString& name);
    void refresh();
    void redraw();
    void compare();
    void group();
    void offerGroups(const std::vector<std::string>& names);
    void showBoard(const Scoreboard& compared);
    void showGroups(const GroupBoard& groups);
    [[nodiscard]] std::vector<Scored> sides() const;
    [[nodiscard]] bool byGroups() const { return !by->currentData().toString().isEmpty(); }
    [[nodiscard]] std::vector<MetricChoice> shownMetrics() const;

    ScoresLens& page;
    WorkspaceSession& session;
    Scoreboard board;
    Scoreboard::Reports reports; // of the runs compared last; run ids of another file are not theirs
    PageHeader* header = nullptr;
    QComboBox* protocols = nullptr;
    QPushButton* change = nullptr;
    ProtocolCard* protocol = nullptr;
    QStackedLayout* stack = nullptr;
    EmptyState* empty = nullptr;
    ChartView* ranking = nullptr;
    ChartView* tradeOff = nullptr;
    QComboBox* rankedBy = nullptr;
    QComboBox* across = nullptr;
    QComboBox* up = nullptr;
    DataTable* table = nullptr;
    TableModel* model = nullptr;
    Card* card = nullptr;
    QComboBox* by = nullptr; ///< whose scores: everybody's, or those of groups
    QPushButton* all = nullptr;
    bool showAll = false;
};

ScoresLens::ScoresLens(WorkspaceSession& session, QWidget* parent)
    : Page(parent), m_impl(std::make_unique<Impl>(*this, session))
{
    m_impl->build();
}

ScoresLens::~ScoresLens() = default;

std::vector<PageAction> ScoresLens::actions()
{
    return {{tr("Change the protocol, or evaluate again"), [this] { m_impl->protocol->show(); }, {}},
            {tr("Show all metrics"), [this] { m_impl->all->click(); }, {}}};
}

void ScoresLens::shown() { m_impl->refresh(); }
void ScoresLens::addLeading(QWidget* control) { m_impl->header->addLeading(control); }

void ScoresLens::Impl::build()
{
    auto* layout = new QVBoxLayout(&page);
    layout->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    layout->setSpacing(space::md);
    buildHeader();
    layout->addWidget(header);
    protocol = new ProtocolCard(session, &page);
    layout->addWidget(protocol);
    auto* area = new QWidget(&page);
    stack = new QStackedLayout(area);
    empty = new EmptyState({}, {}, area);
    stack->addWidget(empty);
    stack->addWidget(buildScores());
    layout->addWidget(area, 1);
    connect(&session, &WorkspaceSession::datasetChanged, &page, [this] { reports.clear(); });
    for (const auto signal :
         {&WorkspaceSession::runsChanged, &WorkspaceSession::modelsChanged, &WorkspaceSession::datasetChanged,
          &WorkspaceSession::comparisonChanged, &WorkspaceSession::derivedPeopleChanged})
        connect(&session, signal, &page, [this] { refresh(); });
    connect(&session, &WorkspaceSession::runsChanged, &page, [this] { protocol->setVisible(session.runs().empty()); });
    protocol->setVisible(session.runs().empty());
    refresh();
}

void ScoresLens::Impl::buildHeader()
{
    header = new PageHeader({}, &page);
    protocols = new QComboBox(header);
    protocols->setObjectName(QStringLiteral("judge.protocols"));
    protocols->setAccessibleName(tr("Protocol shown"));
    change = plainButton(tr("Change protocol"), header);
    change->setObjectName(QStringLiteral("judge.change"));
    header->addAction(protocols);
    header->addAction(change);
    connect(change, &QPushButton::clicked, &page, [this] { protocol->setVisible(protocol->isHidden()); });
    connect(protocols, &QComboBox::currentIndexChanged, &page, [this] { redraw(); });
}

QComboBox* ScoresLens::Impl::metricBox(const QString& name)
{
    auto* box = new QComboBox(&page);
    box->setObjectName("judge." + name);
    box->setAccessibleName(tr("Metric"));
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(box, &QComboBox::currentIndexChanged, &page, [this] { redraw(); });
    return box;
}

QWidget* ScoresLens::Impl::buildScores()
{
    auto* scores = new QWidget(&page);
    auto* layout = new QVBoxLayout(scores);
    layout->setContentsMargins({});
    layout->setSpacing(space::md);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(space::md);
    ranking = new ChartView(scores);
    ranking->setObjectName(QStringLiteral("judge.ranking"));
    rankedBy = metricBox(QStringLiteral("metric"));
    ranking->setCornerWidget(rankedBy);
    tradeOff = new ChartView(scores);
    tradeOff->setObjectName(QStringLiteral("judge.tradeOff"));
    up = metricBox(QStringLiteral("up"));
    across = metricBox(QStringLiteral("across"));
    tradeOff->setCornerWidget(up);
    tradeOff->setCornerWidget(across);
    charts->addWidget(ranking, 1);
    charts->addWidget(tradeOff, 1);
    layout->addLayout(charts, 3);
    table = new DataTable(scores);
    table->setObjectName(QStringLiteral("judge.table"));
    table->setSearchVisible(false);
    model = new TableModel(table);
    table->setModel(model);
    card = new Card(tr("All scores"), scores);
    by = new QComboBox(card);
    by->setObjectName(QStringLiteral("judge.by"));
    by->setAccessibleName(tr("Whose scores"));
    by->setToolTip(tr("What A and B are worth for groups of people, by the metric of the chart"));
    by->addItem(tr("of everybody"), QString());
    by->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    by->setMinimumContentsLength(byLetters);
    connect(by, &QComboBox::currentIndexChanged, &page, [this] { redraw(); });
    all = linkButton(tr("All metrics"), card);
    card->addCorner(all);
    card->addCorner(by);
    card->body()->addWidget(table, 1);
    layout->addWidget(card, 2);
    connect(all, &QPushButton::clicked, &page, [this] {
        showAll = !showAll;
        all->setText(showAll ? tr("Fewer metrics") : tr("All metrics"));
        redraw();
    });
    return scores;
}

void ScoresLens::Impl::refresh()
{
    if (!session.dataset())
        empty->setTexts(tr("No data yet"), tr("Open the sample films on Home, or drop your own file anywhere."));
    else if (session.models().empty())
        empty->setTexts(tr("Nothing to judge yet"), tr("Get a first answer on Home, or train a model under Recipes."));
    else
        empty->setTexts(tr("Not evaluated yet"),
                        tr("Press Evaluate: each is asked what people chose after the split."));
    protocol->setEnabled(session.dataset() != nullptr && !session.models().empty());
    const auto shown = Scoreboard::protocols(session);
    {
        const QString kept = protocols->currentData().toString();
        const QSignalBlocker quiet(protocols);
        const bool grown = protocols->count() > 0 && static_cast<std::size_t>(protocols->count()) < shown.size();
        protocols->clear();
        for (const Scoreboard::Shown& one : shown)
            protocols->addItem(one.title, text(one.key));
        if (const int at = protocols->findData(kept); at >= 0 && !grown)
            protocols->setCurrentIndex(at);
    }
    protocols->setVisible(shown.size() > 1);
    change->setVisible(!shown.empty());
    redraw();
}

std::vector<MetricChoice> ScoresLens::Impl::shownMetrics() const
{
    if (showAll)
        return board.metrics();
    std::vector<MetricChoice> shown;
    for (const MetricChoice& metric : board.metrics())
        if (shown.size() < metricsFirst)
            shown.push_back(metric);
    return shown;
}

void ScoresLens::Impl::redraw()
{
    board = session.dataset() ? Scoreboard(session, protocols->currentData().toString().toStdString()) : Scoreboard();
    stack->setCurrentIndex(board.empty() ? 0 : 1);
    header->setSubtitle(board.description());
    if (board.empty())
        return;
    fill(*rankedBy, board.metrics(), QStringLiteral("ndcg@10"));
    fill(*up, board.metrics(), QStringLiteral("ndcg@10"));
    fill(*across, board.metrics(), QStringLiteral("coverage@10"));
    board.sortBy(rankedBy->currentData().toString());
    ranking->setSpec(board.ranking(rankedBy->currentData().toString()));
    tradeOff->setSpec(board.against(across->currentData().toString(), up->currentData().toString()));
    all->setVisible(!byGroups());
    card->setTitle(byGroups()
                       ? tr("Scores by people: %1").arg(text(board.metric(rankedBy->currentData().toString())->title()))
                       : tr("All scores"));
    if (!byGroups())
        showBoard(board);
    compare();
    group();
}

// A and B where they were judged; of folds nothing is known of people.
std::vector<Scored> ScoresLens::Impl::sides() const
{
    std::vector<Scored> found;
    for (const ModelEntry* entry : {session.a(), session.b()})
        for (const Scored& row : board.rows())
            if (entry && row.folds.empty() && row.model.row.id == entry->row.id &&
                std::ranges::none_of(found, [&](const Scored& one) { return one.run.id == row.run.id; }))
                found.push_back(row);
    return found;
}

void ScoresLens::Impl::group()
{
    const MetricChoice* metric = board.metric(rankedBy->currentData().toString());
    if (!metric || sides().empty())
        return offerGroups({});
    session.jobs().startQuick<GroupBoard>(
        QStringLiteral("scores by people"),
        [task = GroupTask{session.file(), session.dataset(), session.derivedPeople(), sides(), reports, *metric,
                          by->currentData().toString().toStdString()}](const JobContext& job) {
            return groupBoard(task, job);
        },
        &page,
        [this, dataset = session.dataset(), asked = by->currentData()](const Result<GroupBoard>& made) {
            if (dataset != session.dataset() || asked != by->currentData())
                return;
            if (!made)
                return session.raise(messageOf(made.error()));
            offerGroups(made->names);
            if (byGroups())
                showGroups(*made);
        });
}

// One that is no more falls back to everybody.
void ScoresLens::Impl::offerGroups(const std::vector<std::string>& names)
{
    const QVariant kept = by->currentData();
    {
        const QSignalBlocker quiet(by);
        while (by->count() > 1)
            by->removeItem(by->count() - 1);
        for (const std::string& name : names)
            by->addItem(tr("by %1").arg(text(name)), text(name));
        by->setCurrentIndex(std::max(0, by->findData(kept)));
        by->setVisible(!names.empty());
    }
    if (kept != by->currentData())
        redraw();
}

void ScoresLens::Impl::showGroups(const GroupBoard& groups)
{
    table->setEmptyText(groups.failure ? text(groups.failure->text()) : QString());
    model->reset(static_cast<int>(groups.groups.size()), groups.columns());
}

// Reading the values of every person and the bootstrap of the differences are work: the table shows them when they are
// there.
void ScoresLens::Impl::compare()
{
    const std::optional<ModelId> a = session.a() ? std::optional(session.a()->row.id) : std::nullopt;
    session.jobs().startQuick<Compared>(
        QStringLiteral("differences"),
        [task = Compared{board, reports}, a, metric = rankedBy->currentData().toString(),
         file = session.file()](const JobContext& job) { return compared(task, a, metric, file, job); },
        &page,
        [this, dataset = session.dataset()](Result<Compared> answer) {
            if (dataset != session.dataset())
                return;
            if (!answer)
                return session.raise(messageOf(answer.error()));
            reports = std::move(answer->reports);
            if (!byGroups())
                showBoard(answer->board);
        });
}

void ScoresLens::Impl::showBoard(const Scoreboard& shown)
{
    model->reset(static_cast<int>(shown.rows().size()), shown.columns(shownMetrics()));
}

} // namespace orrery::ui
