// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/judge/group_board.h"

#include "ui/components/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

using Report = std::shared_ptr<const EvaluationReport>;

QString tr(const char* words) { return QCoreApplication::translate("GroupBoard", words); }

Result<std::vector<Report>> reportsOf(const GroupTask& task)
{
    std::vector<Report> reports;
    std::optional<Workspace> workspace;
    for (const Scored& side : task.sides) {
        if (const auto known = task.known.find(side.run.id); known != task.known.end()) {
            reports.push_back(known->second);
            continue;
        }
        if (!workspace) {
            auto opened = Workspace::open(task.file);
            if (!opened)
                return tl::unexpected(opened.error());
            workspace.emplace(std::move(*opened));
        }
        auto run = workspace->run(side.run.id);
        if (!run)
            return tl::unexpected(run.error());
        reports.push_back(std::make_shared<const EvaluationReport>(std::move(run->report)));
    }
    return reports;
}

Status addScores(GroupBoard& board, const GroupTask& task, const std::vector<Report>& reports, const JobContext& job)
{
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto scores = scoresByGroup(board.groups, *reports[i], board.metric.id(), {}, job);
        if (!scores)
            return tl::unexpected(scores.error());
        const ModelEntry& model = task.sides[i].model;
        board.sides.push_back({model.name(), model.row.colour, std::move(*scores)});
    }
    if (reports.size() < 2)
        return {};
    return differencesByGroup(board.groups, *reports[0], *reports[1], board.metric.id(), {}, job).map([&](auto found) {
        board.differences = std::move(found);
    });
}

QString scoreText(const MetricChoice& metric, const GroupScore& score)
{
    if (std::isnan(score.interval.low))
        return metricText(metric, score.mean);
    return QStringLiteral("%1 ± %2").arg(metricText(metric, score.mean),
                                         metricText(metric, (score.interval.high - score.interval.low) / 2));
}

QString intervalTip(const MetricChoice& metric, const GroupScore& score)
{
    return std::isnan(score.interval.low)
               ? tr("Too few people for an interval")
               : tr("95 %: %1 to %2")
                     .arg(metricText(metric, score.interval.low), metricText(metric, score.interval.high));
}

QString differenceText(const std::optional<Difference>& difference)
{
    if (!difference)
        return QStringLiteral("–");
    if (std::isnan(difference->interval.low))
        return signedDecimal(difference->mean, 3);
    return QStringLiteral("%1 ± %2").arg(signedDecimal(difference->mean, 3),
                                         decimal((difference->interval.high - difference->interval.low) / 2, 3));
}

TableColumn scoreColumn(const std::shared_ptr<const GroupBoard>& board, std::size_t side)
{
    const auto at = [board, side](int row) -> const GroupScore& {
        return board->sides[side].scores[static_cast<std::size_t>(row)];
    };
    TableColumn column{board->sides[side].name, TableColumn::Kind::Number,
                       [=](int row) { return scoreText(board->metric, at(row)); },
                       [=](int row) { return QVariant(at(row).mean); }};
    column.tip = [=](int row) { return intervalTip(board->metric, at(row)); };
    column.help =
        tr("%1 over the people of the group who have a say in it, and half of its 95 % interval (bootstrap over them); "
           "none below 5 people.")
            .arg(text(board->metric.title()));
    return column;
}

} // namespace

std::vector<TableColumn> GroupBoard::columns() const
{
    const auto board = std::make_shared<const GroupBoard>(*this);
    const auto group = [board](int row) -> const PeopleGroup& { return board->groups[static_cast<std::size_t>(row)]; };
    TableColumn name{tr("People"), TableColumn::Kind::Text, [=](int row) { return text(group(row).words()); }};
    name.help =
        tr("Facts and segments as they are now: a segment that was made of later events knows what is held out.");
    const auto judged = [board](int row) {
        return board->sides.empty() ? std::size_t{0}
                                    : board->sides.front().scores[static_cast<std::size_t>(row)].people;
    };
    std::vector<TableColumn> columns = {std::move(name),
                                        {tr("How many"), TableColumn::Kind::Number,
                                         [=](int row) { return count(static_cast<double>(judged(row))); },
                                         [=](int row) { return QVariant(static_cast<double>(judged(row))); }}};
    for (std::size_t side = 0; side < sides.size(); ++side)
        columns.push_back(scoreColumn(board, side));
    if (differences.empty())
        return columns;
    const auto at = [board](int row) -> const std::optional<Difference>& {
        return board->differences[static_cast<std::size_t>(row)];
    };
    TableColumn against{tr("B − A"), TableColumn::Kind::Number, [=](int row) { return differenceText(at(row)); },
                        [=](int row) { return QVariant(at(row) ? at(row)->mean : 0.0); }};
    against.strong = [=](int row) { return at(row) && (at(row)->interval.low > 0 || at(row)->interval.high < 0); };
    against.help = tr("Mean difference over the people of the group, and half of its 95 % interval (paired bootstrap); "
                      "bold where the interval leaves out 0. Of twenty groups without a difference one is, by chance.");
    columns.push_back(std::move(against));
    return columns;
}

Result<GroupBoard> groupBoard(const GroupTask& task, const JobContext& job)
{
    GroupBoard board;
    board.metric = task.metric;
    const auto reports = reportsOf(task);
    if (!reports)
        return tl::unexpected(reports.error());
    if (reports->empty())
        return board;
    auto groups = groupsOf(*reports->front(), *task.dataset, task.segments, job);
    if (!groups)
        return tl::unexpected(groups.error());
    board.names = namesOf(*groups);
    std::erase_if(*groups, [&](const PeopleGroup& group) { return group.name != task.by; });
    board.groups = std::move(*groups);
    if (const auto done = addScores(board, task, *reports, job); !done) {
        if (done.error().code == Code::Cancelled)
            return tl::unexpected(done.error());
        board.failure = done.error();
        board.groups.clear();
    }
    return board;
}

} // namespace orrery::ui
