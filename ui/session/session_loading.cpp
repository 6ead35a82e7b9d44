// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/session_loading.h"

#include <algorithm>

namespace orrery::ui {
namespace {

// The one that was open last, or the newest.
std::optional<DatasetId> currentDataset(const Workspace& workspace, const std::vector<DatasetRow>& rows)
{
    if (rows.empty())
        return std::nullopt;
    const auto noted = workspace.note("dataset").value_or(std::nullopt);
    for (const DatasetRow& row : rows)
        if (noted && std::to_string(row.id) == *noted)
            return row.id;
    return rows.back().id;
}

Status loadModels(const Workspace& workspace, LoadedDataset& loaded)
{
    const auto rows = workspace.models(loaded.id);
    if (!rows)
        return tl::unexpected(rows.error());
    for (const ModelRow& row : *rows) {
        if (auto recommender = workspace.loadRecommender(row.id))
            loaded.models.push_back({row, std::move(*recommender)});
        else
            loaded.failures.push_back(recommender.error());
    }
    return {};
}

Result<LoadedDataset> loadDataset(const Workspace& workspace, DatasetId id, const JobContext& job)
{
    auto imported = workspace.loadDataset(id);
    if (!imported)
        return tl::unexpected(imported.error());
    LoadedDataset loaded;
    loaded.id = id;
    loaded.dataset = std::move(imported->dataset);
    loaded.report = std::move(imported->report);
    loaded.trainEvents = imported->trainEvents;
    job.progress(0.5, "reading models");
    if (const auto read = loadModels(workspace, loaded); !read)
        return tl::unexpected(read.error());
    auto runs = workspace.runs(id);
    if (!runs)
        return tl::unexpected(runs.error());
    loaded.runs = std::move(*runs);
    return loaded;
}

} // namespace

Result<LoadedWorkspace> loadWorkspace(const std::filesystem::path& file, const JobContext& job)
{
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto rows = workspace->datasets();
    if (!rows)
        return tl::unexpected(rows.error());
    LoadedDataset dataset;
    if (const auto id = currentDataset(*workspace, *rows)) {
        job.progress(0.1, "reading data");
        auto loaded = loadDataset(*workspace, *id, job);
        if (!loaded)
            return tl::unexpected(loaded.error());
        dataset = std::move(*loaded);
    }
    return LoadedWorkspace{std::move(*workspace), std::move(dataset)};
}

Result<LoadedDataset> importInto(const std::filesystem::path& file, const ImportRequest& request, const JobContext& job)
{
    auto imported = import(request, job.part(0, 0.9));
    if (!imported)
        return tl::unexpected(imported.error());
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    job.progress(0.9, "saving");
    const auto id = workspace->addDataset(*imported);
    if (!id)
        return tl::unexpected(id.error());
    LoadedDataset loaded;
    loaded.id = *id;
    loaded.dataset = std::move(imported->dataset);
    loaded.report = std::move(imported->report);
    loaded.trainEvents = imported->trainEvents;
    return loaded;
}

} // namespace orrery::ui
