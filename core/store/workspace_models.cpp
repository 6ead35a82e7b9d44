// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/store/checked_rows.h"
#include "core/store/list_artifact.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

constexpr std::string_view listAlgorithm = "imported-list";

/// A row of table `model`.
struct ModelRecord {
    ModelRow row;
    std::string content;           ///< hash of its arrays
    std::optional<Timestamp> upTo; ///< where the events are known
};

constexpr const char* modelColumns = "dataset, name, algorithm, params, seed, trained_on, train_hash, as_of, held_out, "
                                     "split, seconds, build, created_at, colour, content, events, up_to, "
                                     "kind_weights";

template <class Record, class Visit> void eachField(Record& record, Visit&& visit)
{
    visit(record.row.dataset);
    visit(record.row.name);
    visit(record.row.algorithm);
    visit(record.row.paramsJson);
    visit(record.row.seed);
    visit(record.row.trainedOn);
    visit(record.row.trainHash);
    visit(record.row.asOf);
    visit(record.row.heldOut);
    visit(record.row.splitJson);
    visit(record.row.seconds);
    visit(record.row.build);
    visit(record.row.createdAt);
    visit(record.row.colour);
    visit(record.content);
    visit(record.row.events);
    visit(record.upTo);
    visit(record.row.kindWeights);
}

ModelRow rowOf(ModelRecord record)
{
    record.row.upTo = record.upTo.value_or(noTime);
    return std::move(record.row);
}

// What models of before do not have is not in their checksum.
std::string checksumOf(const ModelRecord& record)
{
    Hasher hasher;
    eachField(record, [field = store::FieldHasher(hasher)]<class T>(const T& value) mutable {
        if constexpr (requires { value.has_value(); }) {
            if (value)
                field(*value);
        } else {
            field(value);
        }
    });
    return hasher.hex();
}

ModelRecord recordOf(const ModelRow& row, std::string content)
{
    ModelRecord record{row, std::move(content), {}};
    if (row.events)
        record.upTo = row.upTo;
    if (record.row.createdAt.empty())
        record.row.createdAt = store::isoNow();
    if (record.row.build.empty())
        record.row.build = buildName();
    return record;
}

// ---- Arrays ----

constexpr std::array<std::pair<Artifact::Type, std::string_view>, 5> typeNames{{
    {Artifact::Type::Float32, "float32"},
    {Artifact::Type::UInt32, "uint32"},
    {Artifact::Type::Float64, "float64"},
    {Artifact::Type::Text, "text"},
    {Artifact::Type::Int64, "int64"},
}};

std::string_view nameOf(Artifact::Type type)
{
    return std::ranges::find(typeNames, type, &std::pair<Artifact::Type, std::string_view>::first)->second;
}

std::string contentOf(const Artifact& artifact)
{
    Hasher hasher;
    for (const auto& [name, array] : artifact.arrays())
        store::BlobStore::hash(hasher, name, nameOf(array.type), array.bytes);
    return hasher.hex();
}

Status writeArtifact(const store::BlobStore& blobs, ModelId id, const Artifact& artifact)
{
    for (const auto& [name, array] : artifact.arrays())
        if (const auto done = blobs.write(store::Owner::Model, id, name, nameOf(array.type), array.bytes); !done)
            return done;
    return {};
}

// Before the names of everybody's lists, which come and go beside the model.
constexpr std::string_view listsPrefix = "lists/";

Result<Artifact> readArtifact(const OpenWorkspace& open, const ModelRecord& record)
{
    const auto arrays = open.blobs().list(store::Owner::Model, record.row.id);
    if (!arrays)
        return tl::unexpected(arrays.error());
    Artifact artifact;
    for (const auto& array : *arrays) {
        if (array.name.starts_with(listsPrefix))
            continue;
        const auto type =
            std::ranges::find(typeNames, array.type, &std::pair<Artifact::Type, std::string_view>::second);
        auto bytes = open.blobs().values<std::byte>(array, array.type);
        if (!bytes)
            return tl::unexpected(bytes.error());
        if (type != typeNames.end())
            artifact.putRaw(array.name, {type->first, std::move(*bytes)});
    }
    if (contentOf(artifact) != record.content)
        return open.damaged(fmt::format("the model '{}'", record.row.name));
    return artifact;
}

// ---- Curves ----

// Arrays beside those of the model, so that its checksums and its removal cover them: step, value, step, value, ...
constexpr std::string_view curvePrefix = "curve/";

void putCurves(Artifact& artifact, const Curves& curves)
{
    for (const auto& [series, points] : curves) {
        std::vector<double> flat;
        for (const auto& [step, value] : points)
            flat.insert(flat.end(), {step, value});
        artifact.put(std::string(curvePrefix) + series, std::span<const double>(flat));
    }
}

Result<Curve> readCurve(const OpenWorkspace& open, const store::StoredArray& array)
{
    const auto flat = open.blobs().values<double>(array, nameOf(Artifact::Type::Float64));
    if (!flat)
        return tl::unexpected(flat.error());
    if (flat->size() % 2 != 0)
        return open.damaged(fmt::format("the training curve '{}'", array.name));
    Curve curve;
    for (std::size_t i = 0; i < flat->size(); i += 2)
        curve.emplace_back((*flat)[i], (*flat)[i + 1]);
    return curve;
}

// ---- Rows ----

Result<ModelRecord> readRecord(const OpenWorkspace& open, ModelId id)
{
    return store::findRecord<ModelRecord>(open, "model", modelColumns, id, [&] {
        return Error{Code::NotFound,
                     fmt::format("There is no model {} in this workspace", id),
                     "It may have been removed; look at the list of models",
                     {}};
    });
}

Result<ModelId> addArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact)
{
    const ModelRecord record = recordOf(row, contentOf(artifact));
    return open.write([&]() -> Result<ModelId> {
        if (const auto there = open.requireDataset(row.dataset); !there)
            return tl::unexpected(there.error());
        const auto id = store::insertRecord(open, "model", modelColumns, record);
        if (!id)
            return id;
        return writeArtifact(open.blobs(), *id, artifact).and_then([&] { return open.seal("model"); }).map([&] {
            return *id;
        });
    });
}

Status removeArrays(const OpenWorkspace& open, ModelId id, bool lists)
{
    return open.database
        .prepare(fmt::format("DELETE FROM array WHERE model = ? AND name {} '{}%'", lists ? "LIKE" : "NOT LIKE",
                             listsPrefix))
        .run(id)
        .status();
}

// ---- Everybody's lists ----

/// A row of table `kept_lists`.
struct ListsRecord {
    struct Row : KeptLists {
        std::int64_t id = 0;
    } row;
    std::string content; ///< hash of the arrays
};

constexpr const char* listsColumns =
    "model, dataset_hash, model_hash, as_of, length, people, events, seconds, made_at, content";
constexpr std::string_view listedItems = "lists/items", listedScores = "lists/scores";

template <class Record, class Visit> void eachListsField(Record& record, Visit&& visit)
{
    visit(record.row.model);
    visit(record.row.datasetHash);
    visit(record.row.modelHash);
    visit(record.row.asOf);
    visit(record.row.length);
    visit(record.row.people);
    visit(record.row.events);
    visit(record.row.seconds);
    visit(record.row.madeAt);
    visit(record.content);
}
template <class Visit> void eachField(ListsRecord& record, Visit&& visit) { eachListsField(record, visit); }
template <class Visit> void eachField(const ListsRecord& record, Visit&& visit) { eachListsField(record, visit); }

std::string checksumOf(const ListsRecord& record)
{
    Hasher hasher;
    eachField(record, store::FieldHasher(hasher));
    return hasher.hex();
}

std::string contentOf(const BulkLists& lists)
{
    Hasher hasher;
    store::BlobStore::hash(hasher, listedItems, "uint32", std::as_bytes(std::span(lists.items)));
    store::BlobStore::hash(hasher, listedScores, "float32", std::as_bytes(std::span(lists.scores)));
    return hasher.hex();
}

// As many lists as people, of the length that the row says. No product that a crafted row could make wrap around.
bool isAsSaid(const BulkLists& lists, const KeptLists& row)
{
    const std::size_t people = lists.n > 0 ? lists.items.size() / lists.n : 0;
    return lists.n == row.length && people == row.people && lists.items.size() == people * lists.n &&
           lists.scores.size() == lists.items.size();
}

Result<BulkLists> readKept(const OpenWorkspace& open, const ListsRecord& record, std::size_t items)
{
    const auto arrays = open.blobs().list(store::Owner::Model, record.row.model);
    if (!arrays)
        return tl::unexpected(arrays.error());
    BulkLists lists;
    lists.n = record.row.length;
    for (const auto& array : *arrays) {
        if (array.name == listedItems) {
            auto values = open.blobs().values<ItemIndex>(array, "uint32");
            if (!values)
                return tl::unexpected(values.error());
            lists.items = std::move(*values);
        } else if (array.name == listedScores) {
            auto values = open.blobs().values<float>(array, "float32");
            if (!values)
                return tl::unexpected(values.error());
            lists.scores = std::move(*values);
        }
    }
    const auto known = [items](ItemIndex item) { return item.value < items || item == ItemIndex::none(); };
    if (contentOf(lists) != record.content || !isAsSaid(lists, record.row) || !std::ranges::all_of(lists.items, known))
        return open.damaged("everybody's lists");
    return lists;
}

// ---- Recommenders ----

Result<RecommenderPtr> listRecommender(const OpenWorkspace& open, const ModelRecord& record, const Artifact& artifact)
{
    const auto items = open.itemCount(record.row.dataset);
    if (!items)
        return tl::unexpected(items.error());
    auto lists = store::listsFrom(artifact, *items);
    if (!lists)
        return tl::unexpected(lists.error());
    lists->name = record.row.name;
    return makeListRecommender(std::move(*lists), *items);
}

Result<RecommenderPtr> modelRecommender(const ModelRecord& record, const Artifact& artifact)
{
    const Algorithm* algorithm = findAlgorithm(record.row.algorithm);
    if (!algorithm || !algorithm->load)
        return error(Code::Unsupported,
                     fmt::format("'{}' was trained with '{}', which this build of Orrery does not have",
                                 record.row.name, record.row.algorithm),
                     fmt::format("It was trained by Orrery {}; open it with that version, or train another model",
                                 record.row.build),
                     record.row.name);
    const auto model = algorithm->load(artifact);
    if (!model)
        return tl::unexpected(model.error());
    return makeModelRecommender(record.row.name, *model);
}

Result<FunnelRecipe> recipeOf(const ModelRecord& record)
{
    auto recipe = funnelFromJson(record.row.paramsJson);
    if (recipe)
        recipe->name = record.row.name;
    return recipe;
}

Status changeRow(const OpenWorkspace& open, const ModelRecord& record)
{
    return open.database.prepare("UPDATE model SET name = ?, params = ?, checksum = ? WHERE id = ?")
        .run(record.row.name, record.row.paramsJson, checksumOf(record), record.row.id)
        .status();
}

Result<std::vector<ModelRecord>> recordsOf(const OpenWorkspace& open, DatasetId dataset)
{
    auto rows = open.database.prepare(
        fmt::format("SELECT id, checksum, {} FROM model WHERE dataset = ? ORDER BY id", modelColumns));
    return store::readAll(std::move(rows.with(dataset)), [&](const sqlite::Statement& found) {
        return store::checkedRecord<ModelRecord>(open, "model", found);
    });
}

// What a damaged recipe names nobody knows: it stays as it is.
Status renameInFunnels(const OpenWorkspace& open, DatasetId dataset, const std::string& from, const std::string& to)
{
    auto records = recordsOf(open, dataset);
    if (!records)
        return tl::unexpected(records.error());
    for (ModelRecord& record : *records) {
        const auto recipe = record.row.algorithm == funnelAlgorithm ? recipeOf(record) : tl::unexpected(Error{});
        if (!recipe)
            continue;
        record.row.paramsJson = toJson(withModelRenamed(*recipe, from, to));
        if (const auto done = changeRow(open, record); !done)
            return done;
    }
    return {};
}

Status changeName(const OpenWorkspace& open, ModelRecord record, const std::string& name)
{
    const std::string before = std::exchange(record.row.name, name);
    return changeRow(open, record).and_then([&] { return renameInFunnels(open, record.row.dataset, before, name); });
}

/// The row of a recipe; what else the row says stays.
ModelRow rowOf(ModelRow row, const StoredFunnel& funnel)
{
    row.algorithm = funnelAlgorithm;
    row.paramsJson = toJson(funnel.recipe);
    return row;
}

Status replaceArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact)
{
    const auto before = readRecord(open, row.id);
    if (!before)
        return tl::unexpected(before.error());
    ModelRecord record = recordOf(row, contentOf(artifact));
    record.row.dataset = before->row.dataset;
    record.row.name = before->row.name;
    record.row.colour = before->row.colour;
    return removeArrays(open, row.id, false)
        .and_then([&] { return store::updateRecord(open, "model", modelColumns, row.id, record); })
        .and_then([&] { return writeArtifact(open.blobs(), row.id, artifact); })
        .and_then([&] { return open.seal("model"); });
}

} // namespace

Result<ModelId> Workspace::addModel(const ModelRow& row, const Model& model, const Curves& curves)
{
    Artifact artifact;
    model.save(artifact);
    putCurves(artifact, curves);
    return addArtifact(*m_open, row, artifact);
}

Result<ModelId> Workspace::addLists(const ModelRow& row, const ImportedLists& lists)
{
    ModelRow list = row;
    list.algorithm = listAlgorithm;
    return addArtifact(*m_open, list, store::toArtifact(lists));
}

Result<std::vector<ModelRow>> Workspace::models(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<std::vector<ModelRow>> {
        if (const auto whole = m_open->checkSeal("model"); !whole)
            return tl::unexpected(whole.error());
        auto records = recordsOf(*m_open, dataset);
        if (!records)
            return tl::unexpected(records.error());
        std::vector<ModelRow> rows;
        for (ModelRecord& record : *records)
            rows.push_back(rowOf(std::move(record)));
        return rows;
    });
}

Result<RecommenderPtr> Workspace::loadRecommender(ModelId id) const
{
    return m_open->read([&]() -> Result<RecommenderPtr> {
        const auto record = readRecord(*m_open, id);
        if (!record)
            return tl::unexpected(record.error());
        const auto artifact = readArtifact(*m_open, *record);
        if (!artifact)
            return tl::unexpected(artifact.error());
        return record->row.algorithm == listAlgorithm ? listRecommender(*m_open, *record, *artifact)
                                                      : modelRecommender(*record, *artifact);
    });
}

Result<Curves> Workspace::curves(ModelId id) const
{
    return m_open->read([&]() -> Result<Curves> {
        const auto arrays = m_open->blobs().list(store::Owner::Model, id);
        if (!arrays)
            return tl::unexpected(arrays.error());
        Curves curves;
        for (const auto& array : *arrays) {
            if (!array.name.starts_with(curvePrefix))
                continue;
            auto curve = readCurve(*m_open, array);
            if (!curve)
                return tl::unexpected(curve.error());
            curves.emplace(array.name.substr(curvePrefix.size()), std::move(*curve));
        }
        return curves;
    });
}

Status Workspace::updateModel(const ModelRow& row, const Model& model, const Curves& curves)
{
    Artifact artifact;
    model.save(artifact);
    putCurves(artifact, curves);
    return m_open->write([&] { return replaceArtifact(*m_open, row, artifact); });
}

Result<ModelId> Workspace::addFunnel(const ModelRow& row, const StoredFunnel& funnel)
{
    ModelRow named = rowOf(row, funnel);
    named.name = funnel.recipe.name;
    return addArtifact(*m_open, named, funnel.ranker);
}

Status Workspace::updateFunnel(ModelId id, const StoredFunnel& funnel)
{
    return m_open->write([&]() -> Status {
        const auto before = readRecord(*m_open, id);
        if (!before)
            return tl::unexpected(before.error());
        return replaceArtifact(*m_open, rowOf(before->row, funnel), funnel.ranker);
    });
}

Result<StoredFunnel> Workspace::loadFunnel(ModelId id) const
{
    return m_open->read([&]() -> Result<StoredFunnel> {
        const auto record = readRecord(*m_open, id);
        if (!record)
            return tl::unexpected(record.error());
        if (record->row.algorithm != funnelAlgorithm)
            return error(Code::Unsupported, fmt::format("'{}' is no funnel", record->row.name), "Choose a recipe");
        auto artifact = readArtifact(*m_open, *record);
        if (!artifact)
            return tl::unexpected(artifact.error());
        auto recipe = recipeOf(*record);
        if (!recipe)
            return tl::unexpected(recipe.error());
        return StoredFunnel{std::move(*recipe), std::move(*artifact)};
    });
}

Status Workspace::keepLists(const KeptLists& row, const BulkLists& lists)
{
    if (!isAsSaid(lists, row))
        return error(Code::InvalidArgument, "The lists are not of the people and the length that they say",
                     "Make them again");
    ListsRecord record{{row, 0}, contentOf(lists)};
    if (record.row.madeAt.empty())
        record.row.madeAt = store::isoNow();
    return m_open->write([&]() -> Status {
        const auto model = readRecord(*m_open, row.model);
        if (!model)
            return tl::unexpected(model.error());
        record.row.modelHash = model->content;
        const auto write = [&](std::string_view name, std::string_view type, std::span<const std::byte> bytes) {
            return m_open->blobs().write(store::Owner::Model, row.model, name, type, bytes);
        };
        return removeArrays(*m_open, row.model, true)
            .and_then([&] {
                return m_open->database.prepare("DELETE FROM kept_lists WHERE model = ?").run(row.model).status();
            })
            .and_then([&] { return write(listedItems, "uint32", std::as_bytes(std::span(lists.items))); })
            .and_then([&] { return write(listedScores, "float32", std::as_bytes(std::span(lists.scores))); })
            .and_then([&] { return store::insertRecord(*m_open, "kept_lists", listsColumns, record).map([](auto) {}); })
            .and_then([&] { return m_open->seal("kept_lists"); });
    });
}

Result<std::vector<KeptLists>> Workspace::keptLists(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<std::vector<KeptLists>> {
        if (const auto whole = m_open->checkSeal("kept_lists"); !whole)
            return tl::unexpected(whole.error());
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM kept_lists WHERE model IN (SELECT id FROM model WHERE dataset = "
                        "?) ORDER BY model",
                        listsColumns));
        return store::readAll(std::move(rows.with(dataset)), [&](const sqlite::Statement& found) {
            return store::checkedRecord<ListsRecord>(*m_open, "kept_lists", found)
                .and_then([&](const ListsRecord& record) {
                    return readRecord(*m_open, record.row.model).map([&](const ModelRecord& model) {
                        KeptLists row = record.row;
                        row.ofThisModel = row.modelHash == model.content;
                        return row;
                    });
                });
        });
    });
}

Result<BulkLists> Workspace::loadLists(ModelId model) const
{
    return m_open->read([&]() -> Result<BulkLists> {
        const auto of = readRecord(*m_open, model);
        if (!of)
            return tl::unexpected(of.error());
        const auto items = m_open->itemCount(of->row.dataset);
        if (!items)
            return tl::unexpected(items.error());
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM kept_lists WHERE model = ?", listsColumns));
        if (rows.with(model).next())
            return store::checkedRecord<ListsRecord>(*m_open, "kept_lists", rows)
                .and_then([&](const ListsRecord& record) { return readKept(*m_open, record, *items); });
        if (!rows.status())
            return tl::unexpected(rows.status().error());
        return error(Code::NotFound, fmt::format("No lists of '{}' are kept", of->row.name), "Make them first");
    });
}

Status Workspace::renameModel(ModelId id, const std::string& name)
{
    return m_open->write([&]() -> Status {
        const auto record = readRecord(*m_open, id);
        if (!record)
            return tl::unexpected(record.error());
        return changeName(*m_open, *record, name).and_then([&] { return m_open->seal("model"); });
    });
}

Status Workspace::removeModel(ModelId id)
{
    return m_open->write([&]() -> Status {
        auto remove = m_open->database.prepare("DELETE FROM model WHERE id = ?");
        if (!remove.run(id).status())
            return remove.status();
        if (m_open->database.changes() == 0)
            return tl::unexpected(readRecord(*m_open, id).error());
        Status done;
        for (const auto* table : {"model", "run", "kept_lists"})
            done = done.and_then([&] { return m_open->seal(table); });
        return done;
    });
}

} // namespace orrery
