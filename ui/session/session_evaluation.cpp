// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/folds.h"
#include "core/store/new_rows.h"
#include "ui/components/text.h"
#include "ui/session/fair_twin.h"
#include "ui/session/session_loading.h"

#include <algorithm>

namespace orrery::ui {
namespace {

struct EvaluationTask {
    std::filesystem::path file;
    std::vector<ModelEntry> models;
    std::vector<FunnelPart> parts; ///< of the funnels among them
    std::shared_ptr<const Dataset> dataset;
    std::optional<std::size_t> trainEvents;
    EvaluationPlan plan;
    std::shared_ptr<const AttributeTable> segments; ///< that rules of the funnels see
};

/// One fold, or the whole where there are none.
struct FoldOfTask {
    SplitPlan plan;
    Split split;
};

Result<RunRow> evaluateOne(const EvaluationTask& task, const ModelEntry& entry, const FoldOfTask& fold,
                           const JobContext& job)
{
    job.progress(0, entry.row.name);
    const auto recommender = fairTwin(entry, task.parts, fold.split.train, job.part(0, 0.7), task.segments);
    if (!recommender)
        return tl::unexpected(recommender.error());
    auto report = orrery::evaluate(fold.split, **recommender, task.plan.protocol, job.part(0.7, 1));
    if (!report)
        return tl::unexpected(report.error());
    return runRow(entry.row.id, fold.plan, fold.split, task.plan.protocol, entry.row.seed, std::move(*report));
}

Result<Split> splitBy(const SplitPlan& plan, const EvaluationTask& task)
{
    if (plan.kind != SplitKind::Predefined)
        return makeSplit(task.dataset, plan);
    if (!task.trainEvents)
        return error(Code::InvalidArgument, "This dataset has no training and test file",
                     "Import the two files together, or choose another split");
    return predefinedSplit(task.dataset, *task.trainEvents);
}

Result<FoldOfTask> foldOf(const SplitPlan& plan, const EvaluationTask& task)
{
    auto split = splitBy(plan, task);
    if (!split)
        return tl::unexpected(split.error());
    if (const auto given = giveCandidates(*split, task.plan.candidates, plan.seed); !given)
        return tl::unexpected(given.error());
    return FoldOfTask{plan, std::move(*split)};
}

Status evaluateFold(const FoldOfTask& fold, const EvaluationTask& task, Workspace& workspace, const JobContext& job,
                    std::vector<RunRow>& runs)
{
    const double share = 1.0 / static_cast<double>(task.models.size());
    for (std::size_t i = 0; i < task.models.size(); ++i) {
        const double from = static_cast<double>(i) * share;
        auto run =
            evaluateOne(task, task.models[i], fold, job.withSeed(task.models[i].row.seed).part(from, from + share));
        if (!run)
            return tl::unexpected(run.error());
        const auto id = workspace.addRun(*run);
        if (!id)
            return tl::unexpected(id.error());
        run->id = *id;
        run->report = run->report.withoutPeople();
        runs.push_back(std::move(*run));
    }
    return {};
}

Result<std::vector<RunRow>> evaluateAll(const EvaluationTask& task, const JobContext& job)
{
    auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    std::vector<RunRow> runs;
    const std::vector<SplitPlan> folds = foldsOf(task.plan.split);
    const double share = 1.0 / static_cast<double>(folds.size());
    for (std::size_t f = 0; f < folds.size(); ++f) {
        const auto fold = foldOf(folds[f], task);
        if (!fold)
            return tl::unexpected(fold.error());
        const double from = static_cast<double>(f) * share;
        if (const auto done = evaluateFold(*fold, task, *workspace, job.part(from, from + share), runs); !done)
            return tl::unexpected(done.error());
    }
    return runs;
}

} // namespace

void WorkspaceSession::evaluate(const std::vector<ModelId>& ids, const EvaluationPlan& plan)
{
    EvaluationTask task{file(), {}, funnelParts(), m_dataset, m_trainEvents, plan, m_derivedPeople};
    for (const ModelId id : ids)
        if (const ModelEntry* entry = model(id))
            task.models.push_back(*entry);
    if (!m_dataset || task.models.empty())
        return;
    const QString title = tr("Evaluating %1").arg(counted(double(task.models.size()), tr("model"), tr("models")));
    m_jobs.start<std::vector<RunRow>>(
        title, settings(1), [task](const JobContext& job) { return evaluateAll(task, job); }, this,
        [this, file = task.file, dataset = m_datasetId](Result<std::vector<RunRow>> runs) {
            if (!runs)
                return fail(runs.error());
            if (file == this->file() && dataset == m_datasetId)
                takeRuns(std::move(*runs));
        });
}

void WorkspaceSession::takeRuns(std::vector<RunRow> runs)
{
    std::ranges::move(runs, std::back_inserter(m_runs));
    emit runsChanged();
}

void WorkspaceSession::removeRun(RunId id)
{
    if (!m_workspace)
        return;
    if (const auto removed = m_workspace->removeRun(id); !removed)
        return fail(removed.error());
    std::erase_if(m_runs, [id](const RunRow& run) { return run.id == id; });
    emit runsChanged();
}

} // namespace orrery::ui
