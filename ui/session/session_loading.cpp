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
        auto recommender = workspace.loadRecommender(row.id);
        auto curves = workspace.curves(row.id);
        if (!recommender || !curves) {
            loaded.failures.push_back(recommender ? curves.error() : recommender.error());
            continue;
        }
        loaded.models.push_back({row, std::move(*recommender)});
        if (!curves->empty())
            loaded.curves.emplace(row.id, std::move(*curves));
    }
    return {};
}

void loadDerived(const Workspace& workspace, LoadedDataset& loaded)
{
    auto derived = workspace.derived(loaded.id);
    if (derived)
        loaded.derived = std::make_shared<const AttributeTable>(std::move(*derived));
    else
        loaded.failures.push_back(derived.error());
}

// What the window asks for at once is derived here, once: on its own thread it would stand still for that long.
void derive(const Dataset& dataset)
{
    (void)dataset.interactions().column(ItemIndex{0});
    (void)dataset.hash();
}

Status listDatasets(const Workspace& workspace, LoadedDataset& loaded)
{
    auto rows = workspace.datasets();
    if (!rows)
        return tl::unexpected(rows.error());
    loaded.datasets = std::move(*rows);
    return {};
}

Result<LoadedDataset> readDataset(const Workspace& workspace, DatasetId id, const JobContext& job)
{
    auto imported = workspace.loadDataset(id);
    if (!imported)
        return tl::unexpected(imported.error());
    LoadedDataset loaded;
    loaded.id = id;
    loaded.dataset = std::move(imported->dataset);
    loaded.report = std::move(imported->report);
    loaded.trainEvents = imported->trainEvents;
    loaded.planted = std::move(imported->planted);
    loadDerived(workspace, loaded);
    job.progress(0.4, "counting");
    derive(*loaded.dataset);
    job.progress(0.6, "reading models");
    if (const auto read = loadModels(workspace, loaded); !read)
        return tl::unexpected(read.error());
    auto runs = workspace.runs(id);
    if (!runs)
        return tl::unexpected(runs.error());
    loaded.runs = std::move(*runs);
    return listDatasets(workspace, loaded).map([&] { return std::move(loaded); });
}

} // namespace

Result<LoadedDataset> loadDataset(const std::filesystem::path& file, DatasetId id, const JobContext& job)
{
    const auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    job.progress(0.1, "reading data");
    return readDataset(*workspace, id, job);
}

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
        auto loaded = readDataset(*workspace, *id, job);
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
    job.progress(0.9, "counting");
    derive(*imported->dataset);
    job.progress(0.95, "saving");
    const auto id = workspace->addDataset(*imported);
    if (!id)
        return tl::unexpected(id.error());
    LoadedDataset loaded;
    loaded.id = *id;
    loaded.dataset = std::move(imported->dataset);
    loaded.report = std::move(imported->report);
    loaded.trainEvents = imported->trainEvents;
    loaded.planted = std::move(imported->planted);
    return listDatasets(*workspace, loaded).map([&] { return std::move(loaded); });
}

} // namespace orrery::ui
