// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/session_loading.h"

#include "core/data/append.h"
#include "core/data/import_recipe.h"
#include "core/data/weigh.h"

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

// They name models, which are read before.
Status loadFunnels(const Workspace& workspace, const std::vector<ModelRow>& rows, LoadedDataset& loaded,
                   const JobContext& job)
{
    if (rows.empty())
        return {};
    auto ground = FunnelGround::open(loaded.dataset, job, loaded.derivedPeople);
    if (!ground)
        return tl::unexpected(ground.error());
    auto opened = openFunnels(workspace, rows, loaded.models, *ground, job);
    std::ranges::move(opened.funnels, std::back_inserter(loaded.models));
    std::ranges::move(opened.failures, std::back_inserter(loaded.failures));
    loaded.ground = std::move(*ground);
    return {};
}

Status loadModels(const Workspace& workspace, LoadedDataset& loaded, const JobContext& job)
{
    const auto rows = workspace.models(loaded.id);
    if (!rows)
        return tl::unexpected(rows.error());
    std::vector<ModelRow> funnels;
    for (const ModelRow& row : *rows) {
        if (row.algorithm == funnelAlgorithm) {
            funnels.push_back(row);
            continue;
        }
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
    const auto kept = workspace.keptLists(loaded.id);
    if (!kept)
        loaded.failures.push_back(kept.error());
    else
        for (const KeptLists& lists : *kept)
            loaded.keptLists.emplace(lists.model, lists);
    return loadFunnels(workspace, funnels, loaded, job);
}

void loadDerived(const Workspace& workspace, LoadedDataset& loaded)
{
    auto derived = workspace.derived(loaded.id);
    if (derived)
        loaded.derived = std::make_shared<const AttributeTable>(std::move(*derived));
    else
        loaded.failures.push_back(derived.error());
    auto people = workspace.derivedPeople(loaded.id);
    if (people)
        loaded.derivedPeople = std::make_shared<const AttributeTable>(std::move(*people));
    else
        loaded.failures.push_back(people.error());
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

Result<Imported> currentState(const Workspace& workspace, DatasetId id, const Imported& shown)
{
    const auto rows = workspace.datasets();
    if (!rows)
        return tl::unexpected(rows.error());
    const auto row = std::ranges::find(*rows, id, &DatasetRow::id);
    return row != rows->end() && row->hash == shown.dataset->hash() ? Result<Imported>(shown)
                                                                    : workspace.loadDataset(id);
}

// What is shown changes only once it is stored.
Result<LoadedDataset> putInPlace(Workspace& workspace, DatasetId id, Imported imported, const JobContext& job)
{
    job.progress(0, "counting");
    derive(*imported.dataset);
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    job.progress(0.3, "saving");
    if (const auto stored = workspace.updateDataset(id, imported); !stored)
        return tl::unexpected(stored.error());
    LoadedDataset loaded;
    loaded.id = id;
    loaded.dataset = std::move(imported.dataset);
    loaded.report = std::move(imported.report);
    loaded.trainEvents = imported.trainEvents;
    loaded.planted = std::move(imported.planted);
    return listDatasets(workspace, loaded).map([&] { return std::move(loaded); });
}

// How the dataset itself was joined.
std::optional<ImportRecipe> usualRecipe(const Workspace& workspace, DatasetId id)
{
    const auto json = workspace.importRecipe(id);
    const auto recipe = json && !json->empty() ? recipeFromJson(*json) : tl::unexpected(Error{});
    return recipe ? std::optional(*recipe) : std::nullopt;
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
    if (const auto read = loadModels(workspace, loaded, job); !read)
        return tl::unexpected(read.error());
    auto runs = workspace.runs(id);
    if (!runs)
        return tl::unexpected(runs.error());
    loaded.runs = std::move(*runs);
    return listDatasets(workspace, loaded).map([&] { return std::move(loaded); });
}

Result<LoadedDataset> stored(const std::filesystem::path& file, Result<Imported> imported, const JobContext& job)
{
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

// Files of one layout each detect it, by what lies beside them.
std::vector<std::filesystem::path> besides(const std::filesystem::path& dataset,
                                           const std::vector<std::filesystem::path>& paths)
{
    std::vector<std::filesystem::path> others;
    const auto wanted = detectFormat(dataset);
    for (const auto& path : paths) {
        const auto found = detectFormat(path);
        const bool isPart = path == dataset || (found && wanted && found->format == wanted->format &&
                                                path.parent_path() == dataset.parent_path());
        if (!isPart)
            others.push_back(path);
    }
    return others;
}

void offerLastRecipe(const std::filesystem::path& file, const std::vector<std::filesystem::path>& tables,
                     JoinLook& look)
{
    const auto workspace = Workspace::open(file);
    auto rows = workspace ? workspace->datasets() : std::vector<DatasetRow>();
    if (!rows)
        return;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        const auto recipe = usualRecipe(*workspace, row->id);
        auto again = recipe ? applied(*recipe, tables) : tl::unexpected(Error{});
        if (!again)
            continue;
        look.lastName = row->name;
        look.asLastTime = std::move(*again);
        return;
    }
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
    return stored(file, import(request, job.part(0, 0.9)), job);
}

Result<LoadedDataset> joinInto(const std::filesystem::path& file, const JoinRequest& request,
                               const JoinSources& sources, const JobContext& job)
{
    return stored(file, join(sources, request, job.part(0, 0.9)), job);
}

Result<FilesLook> lookAtFiles(const std::filesystem::path& file, const std::vector<std::filesystem::path>& paths)
{
    const auto together = filesTogether(paths);
    if (!together)
        return tl::unexpected(together.error());
    if (together->dataset)
        return FilesLook{{}, together->dataset, besides(*together->dataset, paths)};
    auto guessed = guessJoin(together->tables);
    if (!guessed)
        return tl::unexpected(guessed.error());
    JoinLook look{std::move(*guessed), {}, {}};
    if (!together->recipe) {
        offerLastRecipe(file, together->tables, look);
        return FilesLook{std::move(look), {}, {}};
    }
    // It was given on purpose: where it does not fit, that is said.
    auto asItSays = readRecipe(*together->recipe).and_then([&](const ImportRecipe& recipe) {
        return applied(recipe, together->tables);
    });
    if (!asItSays)
        return tl::unexpected(asItSays.error());
    look.lastName = together->recipe->filename().string();
    look.asLastTime = std::move(*asItSays);
    return FilesLook{std::move(look), {}, {}};
}

Result<AppendedData> appendInto(const std::filesystem::path& file, DatasetId id, const Imported& shown,
                                const MoreReader& read, const JobContext& job)
{
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto more = read(*shown.dataset, usualRecipe(*workspace, id), job.part(0, 0.5));
    if (!more)
        return tl::unexpected(more.error());
    job.progress(0.5, "adding events");
    const auto whole = currentState(*workspace, id, shown);
    if (!whole)
        return tl::unexpected(whole.error());
    auto with = appended(*whole, *more);
    if (!with)
        return tl::unexpected(with.error());
    auto stored = putInPlace(*workspace, id, std::move(with->imported), job.part(0.7, 1));
    if (!stored)
        return tl::unexpected(stored.error());
    return AppendedData{std::move(*stored), std::move(with->note), more->report.rejectedCount()};
}

Result<LoadedDataset> weighInto(const std::filesystem::path& file, DatasetId id, const Imported& shown,
                                const KindWeights& weights, const JobContext& job)
{
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    auto whole = currentState(*workspace, id, shown);
    if (!whole)
        return tl::unexpected(whole.error());
    job.progress(0.1, "weighing events");
    auto anew = weighed(std::move(*whole), weights);
    if (!anew)
        return tl::unexpected(anew.error());
    return putInPlace(*workspace, id, std::move(*anew), job.part(0.5, 1));
}

} // namespace orrery::ui
