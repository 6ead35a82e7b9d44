// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/curves.h"
#include "core/base/result.h"
#include "core/data/import.h"
#include "core/evaluation/evaluator.h"
#include "core/models/artifact.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel_recipe.h"
#include "core/pipeline/imported_list.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

namespace store {
struct OpenWorkspace;
}

using DatasetId = std::int64_t;
using ModelId = std::int64_t;
using RunId = std::int64_t;

struct DatasetRow {
    DatasetId id = 0;
    std::string name, hash, source, format, note;
    std::size_t people = 0, items = 0, events = 0;
    std::string importedAt; ///< ISO 8601, UTC
};

/// A trained model or an imported list, as stored.
struct ModelRow {
    ModelId id = 0;
    DatasetId dataset = 0;
    std::string name;
    std::string algorithm; ///< id in the catalogue; "imported-list" for lists
    std::string paramsJson;
    std::uint64_t seed = 1;
    std::string trainedOn;      ///< "all data", or the split's description
    std::string trainHash;      ///< hash of the training dataset
    Timestamp asOf = endOfTime; ///< nothing at or after it was seen in training
    bool heldOut = false;       ///< trained on the training part of a split
    std::string splitJson;      ///< the SplitPlan it was trained on; "" for all data
    double seconds = 0;         ///< of training
    std::string build;          ///< version and instruction set that trained it
    std::string createdAt;
    int colour = 0; ///< index of its series colour
    /// How many events it was trained on, of those before `asOf`; none: not known, or not trained on them as they are
    /// (lists, the training part of a split).
    std::optional<std::size_t> events = {};
    Timestamp upTo = noTime; ///< the newest of them; noTime: none has a time
    /// What an event of each kind counted then, as textOf(KindWeights) says it; none: not known.
    std::optional<std::string> kindWeights = {};
};

/// ModelRow::algorithm of a recipe of a funnel, whose paramsJson is the recipe.
inline constexpr std::string_view funnelAlgorithm = "funnel";

/// A funnel as it is stored: models are named, and asked for where they are.
struct StoredFunnel {
    FunnelRecipe recipe;
    Artifact ranker; ///< what its ranker learned; empty: nothing
};

/// One evaluation of one model, with its metrics.
struct RunRow {
    RunId id = 0;
    ModelId model = 0;
    std::string protocolHash, splitDescription, protocolJson, createdAt, build;
    std::uint64_t seed = 1;
    EvaluationReport report;
};

/// What a workspace holds, for a glance at it in a list of files.
struct WorkspaceGlance {
    std::vector<DatasetRow> datasets; ///< oldest first; only names and sizes are filled in
    std::size_t models = 0;           ///< of all of them
};

/// Everybody's lists by a model, as they are kept: of what and when.
struct KeptLists {
    ModelId model = 0;
    std::string datasetHash;    ///< of the data that people's histories are from
    std::string modelHash;      ///< of the model's numbers when they were made; filled in by keepLists()
    Timestamp asOf = endOfTime; ///< histories end there
    std::size_t length = 0;     ///< at most so many items each
    std::size_t people = 0;     ///< the first so many of the dataset: all there were
    std::size_t events = 0;     ///< of the dataset then
    double seconds = 0;         ///< it took to make them
    std::string madeAt;         ///< ISO 8601, UTC
    bool ofThisModel = true;    ///< the model has not been trained again since; filled in by keptLists()

    /// Whether they are what the model would answer now: `dataset` and model are the same.
    [[nodiscard]] bool current(const Dataset& dataset, Timestamp at) const
    {
        return ofThisModel && asOf == at && datasetHash == dataset.hash();
    }
};

/// A workspace: one SQLite file. Every change is committed before the call returns. One object, one thread at a time.
/// Blobs are checksummed chunks, and a damaged one is an error that says which, never wrong numbers.
class ORRERY_API Workspace {
public:
    /// Errors: NotFound, BadFile (not a workspace, or of a newer version), Corrupt, Io (in use, or read-only).
    static Result<Workspace> open(const std::filesystem::path& file);
    /// Errors: InvalidArgument when there is a file of that name; Io.
    static Result<Workspace> create(const std::filesystem::path& file);
    static Result<Workspace> openOrCreate(const std::filesystem::path& file);
    /// Reads only: nothing is migrated or repaired, and the sizes are not checked against damage. Errors: as open.
    static Result<WorkspaceGlance> glanceAt(const std::filesystem::path& file);
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;
    ~Workspace();

    [[nodiscard]] const std::filesystem::path& file() const;
    /// A full copy under another name (SQLite's backup), which becomes the open file. A file that is there is replaced,
    /// but only once the copy is whole. Errors: Io; then the open file stays what it was.
    [[nodiscard]] Status saveAs(const std::filesystem::path& file);

    [[nodiscard]] Result<DatasetId> addDataset(const Imported& imported);
    [[nodiscard]] Result<std::vector<DatasetRow>> datasets() const;
    /// As it was added, or an error: its hash is computed again. Errors: NotFound, Corrupt.
    [[nodiscard]] Result<Imported> loadDataset(DatasetId id) const;
    /// How it was joined from several tables, as JSON (ImportRecipe); empty where it was not. Errors: NotFound,
    /// Corrupt.
    [[nodiscard]] Result<std::string> importRecipe(DatasetId id) const;
    /// Puts another content in its place, such as a dataset with events appended: people and items keep their indices,
    /// new ones follow. Models, runs and derived columns stay; they are of what was there before. The
    /// day of the import and the id stay too. Errors: NotFound, InvalidArgument (fewer people or items), Io.
    [[nodiscard]] Status updateDataset(DatasetId id, const Imported& imported);
    /// With its models and their runs, and what was worked out of it.
    [[nodiscard]] Status removeDataset(DatasetId id);

    /// Keeps what was worked out of a dataset's items, such as the clusters of a map, in place of a derived column of
    /// that name; row r is item r. It stands beside the dataset: models do not learn from it, and the dataset's hash
    /// stays what it was. It also stays when the model that it was made with is removed, for it can be looked at
    /// without it. Errors: NotFound (no such dataset), InvalidArgument (more rows than items), Io.
    [[nodiscard]] Status setDerived(DatasetId dataset, const AttributeColumn& column);
    /// The oldest first. Errors: NotFound, Corrupt.
    [[nodiscard]] Result<AttributeTable> derived(DatasetId dataset) const;
    /// Errors: NotFound, Io.
    [[nodiscard]] Status removeDerived(DatasetId dataset, const std::string& name);
    /// The same of people, such as segments; row r is person r.
    [[nodiscard]] Status setDerivedPeople(DatasetId dataset, const AttributeColumn& column);
    [[nodiscard]] Result<AttributeTable> derivedPeople(DatasetId dataset) const;
    [[nodiscard]] Status removeDerivedPeople(DatasetId dataset, const std::string& name);

    /// `row.id` is ignored; an empty `createdAt` or `build` is filled in. `curves` are what its training measured.
    /// Errors: NotFound (no such dataset), Io.
    [[nodiscard]] Result<ModelId> addModel(const ModelRow& row, const Model& model, const Curves& curves = {});
    [[nodiscard]] Result<ModelId> addLists(const ModelRow& row, const ImportedLists& lists);
    /// `row.algorithm`, `row.name` and `row.paramsJson` are those of the recipe.
    [[nodiscard]] Result<ModelId> addFunnel(const ModelRow& row, const StoredFunnel& funnel);
    /// Puts another recipe, or what its ranker learned, in its place; id, name and colour stay. Errors: NotFound, Io.
    [[nodiscard]] Status updateFunnel(ModelId id, const StoredFunnel& funnel);
    /// Errors: NotFound, Corrupt, Unsupported (it is no funnel).
    [[nodiscard]] Result<StoredFunnel> loadFunnel(ModelId id) const;
    [[nodiscard]] Result<std::vector<ModelRow>> models(DatasetId dataset) const;
    /// The recommender of a stored model or list. Errors: NotFound, Corrupt, Unsupported (an algorithm that this build
    /// does not have, or a funnel: openFunnel()).
    [[nodiscard]] Result<RecommenderPtr> loadRecommender(ModelId id) const;
    /// What was measured while it was trained; empty for lists, and for models that learn in one step. Errors: Corrupt.
    [[nodiscard]] Result<Curves> curves(ModelId id) const;
    /// Puts what a model learned anew in its place, such as after events were appended: id, name and colour stay, and
    /// so do its runs, which say what they were made on. Errors: NotFound, Io.
    [[nodiscard]] Status updateModel(const ModelRow& row, const Model& model, const Curves& curves = {});

    /// Keeps everybody's lists of a model, in place of those that were kept. They are never used unseen: whoever reads
    /// them compares what they are of (KeptLists). `row.model` says of which, `row.modelHash` is filled in, as is an
    /// empty `madeAt`. Errors: NotFound (no such model), InvalidArgument (other sizes than `row` says), Io.
    [[nodiscard]] Status keepLists(const KeptLists& row, const BulkLists& lists);
    /// What is kept of the models of a dataset, without the lists. Errors: Corrupt.
    [[nodiscard]] Result<std::vector<KeptLists>> keptLists(DatasetId dataset) const;
    /// The lists themselves. Errors: NotFound, Corrupt.
    [[nodiscard]] Result<BulkLists> loadLists(ModelId model) const;

    /// Recipes that name the model go with it.
    [[nodiscard]] Status renameModel(ModelId id, const std::string& name);
    /// With its runs.
    [[nodiscard]] Status removeModel(ModelId id);

    /// `run.id` is ignored; an empty `createdAt` or `build` is filled in. Errors: NotFound (no such model), Io.
    [[nodiscard]] Result<RunId> addRun(const RunRow& run);
    /// One run whole, with the values of every person. Errors: NotFound, Corrupt.
    [[nodiscard]] Result<RunRow> run(RunId id) const;
    /// Oldest first, as EvaluationReport::withoutPeople: the values of every person are read by run() when they are
    /// needed. Metrics that this build does not know are left out.
    [[nodiscard]] Result<std::vector<RunRow>> runs(DatasetId dataset) const;
    [[nodiscard]] Status removeRun(RunId id);

    /// Small things that should be there next time (what A and B are, the open page): any text by key.
    [[nodiscard]] Status setNote(const std::string& key, const std::string& value);
    [[nodiscard]] Result<std::optional<std::string>> note(const std::string& key) const;

private:
    explicit Workspace(std::unique_ptr<store::OpenWorkspace> open);
    std::unique_ptr<store::OpenWorkspace> m_open;
};

/// Version and instruction set of this build, as stored with every model and run: "0.1.0 x86-64-v4".
[[nodiscard]] ORRERY_API std::string buildName();

} // namespace orrery
