// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/freshness.h"
#include "core/store/new_rows.h"
#include "ui/components/text.h"
#include "ui/session/session_loading.h"

#include <QElapsedTimer>

#include <algorithm>

namespace orrery::ui {
namespace {

// Everything a training job needs, copied, so that nothing is shared with the window.
struct TrainingTask {
    std::filesystem::path file;
    ModelRow row;
    ParamSet params;
    std::shared_ptr<const Dataset> dataset;
};

Result<TrainedModel> trainAndStore(TrainingTask task, const JobContext& job)
{
    const auto algorithm = requireAlgorithm(task.row.algorithm);
    if (!algorithm)
        return tl::unexpected(algorithm.error());
    const auto train = task.row.asOf == endOfTime ? task.dataset : task.dataset->before(task.row.asOf);
    QElapsedTimer timer;
    timer.start();
    CurveRecorder recorder(job);
    auto model = orrery::train(**algorithm, {train}, task.params, recorder.job());
    if (!model)
        return tl::unexpected(model.error());
    task.row.seconds = static_cast<double>(timer.elapsed()) / 1000;
    setTrainedOn(task.row, *train);
    auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto id = workspace->addModel(task.row, **model, recorder.curves());
    if (!id)
        return tl::unexpected(id.error());
    task.row.id = *id;
    return TrainedModel{{task.row, makeModelRecommender(task.row.name, *model)}, recorder.curves()};
}

Result<ModelEntry> readAndStoreLists(const std::filesystem::path& file, const std::filesystem::path& workspaceFile,
                                     ModelRow row, const Dataset& dataset, const JobContext& job)
{
    auto lists = readLists(file, dataset, job);
    if (!lists)
        return tl::unexpected(lists.error());
    auto workspace = Workspace::open(workspaceFile);
    if (!workspace)
        return tl::unexpected(workspace.error());
    lists->name = row.name;
    const auto id = workspace->addLists(row, *lists);
    if (!id)
        return tl::unexpected(id.error());
    row.id = *id;
    return ModelEntry{row, makeListRecommender(std::move(*lists), dataset.itemCount())};
}

} // namespace

const ModelEntry* WorkspaceSession::model(ModelId id) const
{
    const auto found = std::ranges::find(m_models, id, [](const ModelEntry& entry) { return entry.row.id; });
    return found == m_models.end() ? nullptr : &*found;
}

JobId WorkspaceSession::train(const TrainingOrder& order)
{
    const Algorithm* algorithm = findAlgorithm(order.algorithm);
    if (!algorithm || !m_dataset)
        return 0;
    TrainingTask task{file(), {}, order.params, m_dataset};
    task.row.dataset = m_datasetId;
    task.row.name = freeName(order.name.empty() ? algorithm->title : order.name);
    task.row.algorithm = order.algorithm;
    task.row.paramsJson = toJson(complete(algorithm->params, order.params));
    task.row.seed = order.seed;
    task.row.asOf = m_asOf;
    task.row.heldOut = m_asOf != endOfTime;
    task.row.trainedOn = task.row.heldOut ? "before " + date(m_asOf).toStdString() : "all data";
    task.row.build = buildName();
    task.row.colour = freeColour(m_trainings.size());
    const auto id = std::make_shared<JobId>(0);
    *id = m_jobs.start<TrainedModel>(
        tr("Training %1").arg(text(task.row.name)), settings(order.seed),
        [task](const JobContext& job) { return trainAndStore(task, job); }, this,
        [this, id, file = task.file](Result<TrainedModel> trained) {
            m_trainings.erase(*id);
            if (!trained)
                fail(trained.error());
            else if (file == this->file())
                takeTrained(std::move(*trained));
            emit curvesChanged(*id);
        });
    m_trainings[*id] = {text(task.row.name), m_datasetId, {}};
    return *id;
}

std::optional<Recipe> WorkspaceSession::recipeOf(const ModelEntry& entry) const
{
    const Algorithm* algorithm = findAlgorithm(entry.row.algorithm);
    if (!algorithm || !m_dataset)
        return std::nullopt;
    auto params = paramsFromJson(algorithm->params, entry.row.paramsJson);
    if (!params)
        return std::nullopt;
    return Recipe{algorithm, std::move(*params), m_dataset, entry.row.asOf, entry.row.seed};
}

void WorkspaceSession::importLists(const std::filesystem::path& lists)
{
    if (!m_dataset)
        return;
    ModelRow row;
    row.dataset = m_datasetId;
    row.name = freeName(lists.stem().string());
    row.algorithm = "imported-list";
    row.paramsJson = "{}";
    row.trainedOn = "lists computed elsewhere";
    row.build = buildName();
    row.colour = freeColour(m_trainings.size());
    m_jobs.start<ModelEntry>(
        tr("Importing lists from %1").arg(text(lists.filename().string())), {},
        [lists, file = file(), row, dataset = m_dataset](const JobContext& job) {
            return readAndStoreLists(lists, file, row, *dataset, job);
        },
        this,
        [this, file = file()](Result<ModelEntry> entry) {
            if (!entry)
                return fail(entry.error());
            if (file == this->file())
                takeTrained({std::move(*entry), {}});
        });
}

// It is in the file in any case. Where another dataset is shown by now, it comes with its own when that is shown again.
void WorkspaceSession::takeTrained(TrainedModel trained)
{
    const ModelRow& row = trained.entry.row;
    if (row.dataset != m_datasetId) {
        const auto of = std::ranges::find(m_datasets, row.dataset, &DatasetRow::id);
        return raise({Message::Kind::Info, tr("%1 is ready").arg(text(row.name)),
                      of == m_datasets.end()
                          ? QString()
                          : tr("It belongs to %1: show that dataset to see it").arg(text(of->name))});
    }
    if (!trained.curves.empty())
        m_curves[row.id] = std::move(trained.curves);
    addModel(std::move(trained.entry));
}

void WorkspaceSession::addModel(ModelEntry entry)
{
    const ModelId id = entry.row.id;
    m_models.push_back(std::move(entry));
    emit modelsChanged();
    emit modelTrained(id);
    if (!m_a)
        setA(id);
    else if (!m_b && m_a != id)
        setB(id);
}

void WorkspaceSession::renameModel(ModelId id, const QString& name)
{
    const auto found = std::ranges::find(m_models, id, [](const ModelEntry& entry) { return entry.row.id; });
    if (!m_workspace || found == m_models.end() || name.trimmed().isEmpty() || name == found->name())
        return;
    const std::string wanted = freeName(name.trimmed().toStdString());
    if (const auto renamed = m_workspace->renameModel(id, wanted); !renamed)
        return fail(renamed.error());
    found->row.name = wanted;
    reopenFunnels();
    emit modelsChanged();
    emit comparisonChanged();
}

void WorkspaceSession::removeModel(ModelId id)
{
    if (!m_workspace)
        return;
    if (const auto removed = m_workspace->removeModel(id); !removed)
        return fail(removed.error());
    std::erase_if(m_models, [id](const ModelEntry& entry) { return entry.row.id == id; });
    std::erase_if(m_runs, [id](const RunRow& run) { return run.model == id; });
    m_curves.erase(id);
    m_keptLists.erase(id);
    reopenFunnels();
    if (std::ranges::count(m_extra, id) > 0) {
        std::vector<ModelId> extra = m_extra;
        std::erase(extra, id);
        setExtraColumns(std::move(extra));
    }
    if (m_a == id)
        setA(std::nullopt);
    if (m_b == id)
        setB(std::nullopt);
    emit modelsChanged();
    emit runsChanged();
}

void WorkspaceSession::addMeasurement(JobId id, const QString& series, double step, double value)
{
    const auto training = m_trainings.find(id);
    if (training == m_trainings.end())
        return;
    training->second.curves[series.toStdString()].emplace_back(step, value);
    emit curvesChanged(id);
}

std::string WorkspaceSession::freeName(const std::string& wanted) const
{
    return orrery::freeName(wanted, [this](const std::string& name) {
        const bool stored =
            std::ranges::any_of(m_models, [&](const ModelEntry& entry) { return entry.row.name == name; });
        return stored || std::ranges::any_of(m_trainings, [&](const auto& training) {
                   return training.second.name.toStdString() == name;
               });
    });
}

int WorkspaceSession::freeColour(std::size_t ahead) const
{
    std::vector<ModelRow> rows;
    for (const ModelEntry& entry : m_models)
        rows.push_back(entry.row);
    return orrery::freeColour(rows, ahead);
}

} // namespace orrery::ui
