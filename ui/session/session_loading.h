// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_recipe.h"
#include "ui/session/workspace_session.h"

#include <functional>

namespace orrery::ui {

/// A dataset with all that belongs to it, as read from a workspace on a worker thread.
struct LoadedDataset {
    DatasetId id = 0;
    std::shared_ptr<const Dataset> dataset; ///< null: the workspace holds none
    ImportReport report;
    std::optional<std::size_t> trainEvents;
    std::shared_ptr<const PlantedItems> planted;
    std::shared_ptr<const AttributeTable> derived = std::make_shared<const AttributeTable>();
    std::shared_ptr<const AttributeTable> derivedPeople = std::make_shared<const AttributeTable>();
    std::vector<ModelEntry> models;
    std::shared_ptr<const FunnelGround> ground; ///< where there are funnels
    std::map<ModelId, Curves> curves;           ///< of the models that have any
    std::map<ModelId, KeptLists> keptLists;
    std::vector<RunRow> runs;
    std::vector<DatasetRow> datasets; ///< all that the workspace holds, this one among them
    std::vector<Error> failures;      ///< models and derived columns that could not be read; the rest is fine
};

struct LoadedWorkspace {
    Workspace workspace;
    LoadedDataset dataset;
};

/// Gets what is to be added to `whole`, of which `usual` is the recipe.
using MoreReader =
    std::function<Result<Imported>(const Dataset& whole, const std::optional<ImportRecipe>& usual, const JobContext&)>;

struct Addition {
    QString title; ///< of the job
    MoreReader read;
    std::function<void()> then; ///< once it is there; may be empty
};

/// A dataset with events at its end, as it is in the workspace now; without its models.
struct AppendedData {
    LoadedDataset dataset;
    std::string note;         ///< "1,204 events of june.csv added: ..."
    std::size_t rejected = 0; ///< lines that were refused
};

/// Funnels made ready on one ground.
struct OpenedFunnels {
    std::shared_ptr<const FunnelGround> ground;
    std::vector<ModelEntry> funnels;
    std::vector<Error> failures; ///< of funnels that could not be opened; the rest is fine
};

/// A model that is in the workspace now, with what its training measured.
struct TrainedModel {
    ModelEntry entry;
    Curves curves;
};

/// These run in jobs, each with a connection of its own to the workspace file.
[[nodiscard]] Result<LoadedWorkspace> loadWorkspace(const std::filesystem::path& file, const JobContext& job);
[[nodiscard]] Result<LoadedDataset> loadDataset(const std::filesystem::path& file, DatasetId id, const JobContext& job);
[[nodiscard]] Result<LoadedDataset> joinInto(const std::filesystem::path& file, const JoinRequest& request,
                                             const JoinSources& sources, const JobContext& job);
/// The stored funnels `rows` on `ground`, with the models among `models`.
[[nodiscard]] OpenedFunnels openFunnels(const Workspace& workspace, const std::vector<ModelRow>& rows,
                                        const std::vector<ModelEntry>& models,
                                        const std::shared_ptr<const FunnelGround>& ground, const JobContext& job);
/// Several files: tables to be joined, or else one dataset. A recipe among them, or else one of a dataset of the
/// workspace, the newest first, is told where it fits.
struct FilesLook {
    std::optional<JoinLook> join;
    std::optional<std::filesystem::path> dataset;
    std::vector<std::filesystem::path> leftOut; ///< given beside the dataset, and no part of it
};
[[nodiscard]] Result<FilesLook> lookAtFiles(const std::filesystem::path& file,
                                            const std::vector<std::filesystem::path>& paths);
[[nodiscard]] Result<LoadedDataset> importInto(const std::filesystem::path& file, const ImportRequest& request,
                                               const JobContext& job);
/// Adds what `read` gets to a dataset of the workspace. `shown` is what is known of it here; where the workspace holds
/// another state by now, that one is added to.
[[nodiscard]] Result<AppendedData> appendInto(const std::filesystem::path& file, DatasetId id, const Imported& shown,
                                              const MoreReader& read, const JobContext& job);
/// Gives the kinds of events of a dataset of the workspace other weights; `shown` as above. Without its models.
[[nodiscard]] Result<LoadedDataset> weighInto(const std::filesystem::path& file, DatasetId id, const Imported& shown,
                                              const KindWeights& weights, const JobContext& job);

} // namespace orrery::ui
