// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_training.h"
#include "core/store/funnel_store.h"
#include "core/store/new_rows.h"
#include "ui/session/session_loading.h"

#include <algorithm>

namespace orrery::ui {
namespace {

// Everything a job needs, copied, so that nothing is shared with the window.
struct FunnelsTask {
    std::filesystem::path file;
    std::vector<ModelEntry> models; ///< funnels among them
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<const FunnelGround> ground; ///< null: to be made
    std::shared_ptr<const AttributeTable> segments;
};

bool isFunnel(const ModelEntry& entry) { return entry.row.algorithm == funnelAlgorithm; }

Result<std::shared_ptr<const FunnelGround>> groundOf(const FunnelsTask& task, const JobContext& job)
{
    if (!task.ground)
        return FunnelGround::open(task.dataset, job, task.segments);
    return task.ground->catalog()->segments() == task.segments ? task.ground : task.ground->withSegments(task.segments);
}

// The recipes are asked for in the workspace: names of models may have changed in them.
Result<OpenedFunnels> openAnew(const FunnelsTask& task, const JobContext& job)
{
    const auto workspace = Workspace::open(task.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto ground = groundOf(task, job);
    if (!ground)
        return tl::unexpected(ground.error());
    std::vector<ModelRow> rows;
    for (const ModelEntry& entry : task.models)
        if (isFunnel(entry))
            rows.push_back(entry.row);
    return openFunnels(*workspace, rows, task.models, *ground, job);
}

/// What is to be stored, and where.
struct StoreTask {
    FunnelsTask all;
    ModelRow row;
    FunnelRecipe recipe;
    std::optional<ModelId> place; ///< of a stored one
    bool trains = false;          ///< the ranker is trained, too
    Timestamp asOf = endOfTime;   ///< on what is before
};

Status trainInto(StoredFunnel& stored, const std::vector<FunnelPart>& parts, const StoreTask& task,
                 const JobContext& job)
{
    const auto known = task.asOf == endOfTime ? task.all.dataset : task.all.dataset->before(task.asOf);
    const auto learning = trainLearning(stored.recipe, parts, known, job);
    if (!learning)
        return tl::unexpected(learning.error());
    stored.ranker = {};
    save(*learning, stored.ranker);
    return {};
}

// What cannot be opened is not stored.
Result<OpenedFunnels> storeAndOpen(StoreTask task, const JobContext& job)
{
    auto workspace = Workspace::open(task.all.file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    auto ground = groundOf(task.all, job);
    if (!ground)
        return tl::unexpected(ground.error());
    StoredFunnel stored{task.recipe, {}};
    if (task.place) {
        auto before = workspace->loadFunnel(*task.place);
        if (!before)
            return tl::unexpected(before.error());
        stored.ranker = std::move(before->ranker);
    }
    std::vector<FunnelPart> parts;
    for (const ModelEntry& entry : task.all.models)
        parts.push_back(partOf(entry.row, entry.recommender));
    if (task.trains)
        if (const auto trained = trainInto(stored, parts, task, job.part(0, .9)); !trained)
            return tl::unexpected(trained.error());
    if (task.place) { // training takes minutes, in which it may get another name
        const auto now = workspace->loadFunnel(*task.place);
        if (!now)
            return tl::unexpected(now.error());
        stored.recipe.name = task.row.name = now->recipe.name;
    }
    auto funnel = openFunnel(stored, parts, *ground, job);
    if (!funnel)
        return tl::unexpected(funnel.error());
    const auto id = task.place ? workspace->updateFunnel(*task.place, stored).map([&] { return *task.place; })
                               : workspace->addFunnel(task.row, stored);
    if (!id)
        return tl::unexpected(id.error());
    task.row.id = *id;
    task.row.paramsJson = toJson(stored.recipe);
    return OpenedFunnels{std::move(*ground), {{task.row, std::move(*funnel)}}, {}};
}

} // namespace

OpenedFunnels openFunnels(const Workspace& workspace, const std::vector<ModelRow>& rows,
                          const std::vector<ModelEntry>& models, const std::shared_ptr<const FunnelGround>& ground,
                          const JobContext& job)
{
    OpenedFunnels opened{ground, {}, {}};
    std::vector<FunnelPart> parts;
    for (const ModelEntry& entry : models)
        parts.push_back(partOf(entry.row, entry.recommender));
    for (ModelRow row : rows) {
        const auto stored = workspace.loadFunnel(row.id);
        auto funnel = stored ? openFunnel(*stored, parts, ground, job) : tl::unexpected(stored.error());
        if (!funnel) {
            opened.failures.push_back(funnel.error());
            continue;
        }
        row.paramsJson = toJson(stored->recipe);
        row.name = stored->recipe.name;
        opened.funnels.push_back({std::move(row), std::move(*funnel)});
    }
    return opened;
}

void WorkspaceSession::needGround()
{
    if (m_ground)
        return emit groundReady();
    if (!m_dataset)
        return;
    m_jobs.startBehind<std::shared_ptr<const FunnelGround>>(
        QStringLiteral("ground of funnels"),
        [task = FunnelsTask{file(), {}, m_dataset, nullptr, m_derivedPeople}](const JobContext& job) {
            return groundOf(task, job);
        },
        this,
        [this, dataset = m_dataset](Result<std::shared_ptr<const FunnelGround>> ground) {
            if (!ground)
                return fail(ground.error());
            if (dataset != m_dataset)
                return;
            if (!m_ground) // people may have been put into other segments meanwhile
                m_ground = (*ground)->catalog()->segments() == m_derivedPeople
                               ? std::move(*ground)
                               : (*ground)->withSegments(m_derivedPeople);
            emit groundReady();
        });
}

std::vector<FunnelPart> WorkspaceSession::funnelParts() const
{
    std::vector<FunnelPart> parts;
    for (const ModelEntry& entry : m_models)
        parts.push_back(partOf(entry.row, entry.recommender));
    return parts;
}

void WorkspaceSession::saveFunnel(const FunnelRecipe& recipe)
{
    if (!m_dataset)
        return;
    FunnelRecipe named = recipe;
    named.name = freeName(recipe.name.empty() ? tr("Funnel").toStdString() : recipe.name);
    ModelRow row;
    row.dataset = m_datasetId;
    row.name = named.name;
    row.algorithm = funnelAlgorithm;
    row.paramsJson = toJson(named);
    row.trainedOn = "a recipe";
    row.build = buildName();
    row.colour = freeColour(m_trainings.size());
    storeFunnel(tr("Saving %1").arg(QString::fromStdString(named.name)), row, named, std::nullopt);
}

void WorkspaceSession::changeFunnel(ModelId id, const FunnelRecipe& recipe)
{
    if (const ModelEntry* entry = model(id); entry && isFunnel(*entry))
        storeFunnel(tr("Changing %1").arg(entry->name()), entry->row, recipe, id);
}

void WorkspaceSession::trainRanker(ModelId id, const FunnelRecipe& recipe)
{
    if (const ModelEntry* entry = model(id); entry && isFunnel(*entry))
        storeFunnel(tr("Training %1").arg(entry->name()), entry->row, recipe, id, true);
}

void WorkspaceSession::storeFunnel(const QString& title, ModelRow row, const FunnelRecipe& recipe,
                                   std::optional<ModelId> place, bool trains)
{
    const StoreTask task{
        {file(), m_models, m_dataset, m_ground, m_derivedPeople}, std::move(row), recipe, place, trains, m_asOf};
    m_jobs.start<OpenedFunnels>(
        title, {}, [task](const JobContext& job) { return storeAndOpen(task, job); }, this,
        [this, file = file(), dataset = m_dataset, before = m_models](const Result<OpenedFunnels>& opened) {
            if (!opened)
                return fail(opened.error());
            if (file != this->file() || dataset != m_dataset)
                return;
            const ModelId id = opened->funnels.front().row.id;
            if (model(id))
                takeFunnels(*opened);
            else
                addModel(opened->funnels.front());
            if (!m_ground)
                m_ground = opened->ground;
            emit funnelSaved(id);
            followNames(id, before);
        });
}

// A recipe that was stored with names of models as they were when its training began.
void WorkspaceSession::followNames(ModelId id, const std::vector<ModelEntry>& before)
{
    const Funnel* funnel = funnelOf(model(id)->recommender.get());
    FunnelRecipe recipe = funnel->recipe();
    for (const ModelEntry& entry : before)
        if (const ModelEntry* now = model(entry.row.id); now && now->row.name != entry.row.name)
            recipe = withModelRenamed(recipe, entry.row.name, now->row.name);
    if (toJson(recipe) != toJson(funnel->recipe()))
        changeFunnel(id, recipe);
}

// Their models are others now, or have other names, or people other segments.
void WorkspaceSession::reopenFunnels()
{
    const bool old = m_ground && m_ground->catalog()->segments() != m_derivedPeople;
    if (!m_dataset || (!old && std::ranges::none_of(m_models, isFunnel)))
        return;
    m_jobs.startBehind<OpenedFunnels>(
        QStringLiteral("open funnels"),
        [task = FunnelsTask{file(), m_models, m_dataset, m_ground, m_derivedPeople}](const JobContext& job) {
            return openAnew(task, job);
        },
        this,
        [this, file = file(), dataset = m_dataset](const Result<OpenedFunnels>& opened) {
            if (!opened)
                return fail(opened.error());
            if (file != this->file() || dataset != m_dataset)
                return;
            const bool anew = m_ground != opened->ground;
            m_ground = opened->ground;
            takeFunnels(*opened);
            if (anew)
                emit groundReady();
        });
}

void WorkspaceSession::takeFunnels(const OpenedFunnels& opened)
{
    for (const Error& failure : opened.failures)
        fail(failure);
    for (const ModelEntry& funnel : opened.funnels) {
        const auto found =
            std::ranges::find(m_models, funnel.row.id, [](const ModelEntry& entry) { return entry.row.id; });
        if (found != m_models.end())
            *found = funnel;
    }
    emit modelsChanged();
    emit comparisonChanged();
}

} // namespace orrery::ui
