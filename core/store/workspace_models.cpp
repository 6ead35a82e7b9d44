// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/store/list_artifact.h"
#include "core/store/open_workspace.h"
#include "core/store/row_fields.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orrery {

using store::OpenWorkspace;

namespace {

constexpr std::string_view listAlgorithm = "imported-list";

/// A row of table `model`.
struct ModelRecord {
    ModelRow row;
    std::string content; ///< hash of its arrays
};

constexpr const char* modelColumns = "dataset, name, algorithm, params, seed, trained_on, train_hash, as_of, held_out, "
                                     "split, seconds, build, created_at, colour, content";

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
}

std::string checksumOf(const ModelRecord& record)
{
    Hasher hasher;
    eachField(record, store::FieldHasher(hasher));
    return hasher.hex();
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

Result<Artifact> readArtifact(const OpenWorkspace& open, const ModelRecord& record)
{
    const auto arrays = open.blobs().list(store::Owner::Model, record.row.id);
    if (!arrays)
        return tl::unexpected(arrays.error());
    Artifact artifact;
    for (const auto& array : *arrays) {
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

// ---- Rows ----

Result<ModelRecord> recordFrom(const OpenWorkspace& open, const sqlite::Statement& found)
{
    ModelRecord record;
    eachField(record, store::FieldReader(found, 2));
    record.row.id = found.integer(0);
    if (checksumOf(record) != found.text(1))
        return open.damaged(fmt::format("the entry of model {}", record.row.id));
    return record;
}

Result<ModelRecord> readRecord(const OpenWorkspace& open, ModelId id)
{
    auto rows = open.database.prepare(fmt::format("SELECT id, checksum, {} FROM model WHERE id = ?", modelColumns));
    if (rows.with(id).next())
        return recordFrom(open, rows);
    if (!rows.status())
        return tl::unexpected(rows.status().error());
    return error(Code::NotFound, fmt::format("There is no model {} in this workspace", id),
                 "It may have been removed; look at the list of models");
}

Result<ModelId> insertRecord(const OpenWorkspace& open, const ModelRecord& record)
{
    auto insert = open.database.prepare(fmt::format(
        "INSERT INTO model ({}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", modelColumns));
    const std::string checksum = checksumOf(record);
    store::FieldBinder bind(insert);
    eachField(record, bind);
    bind(checksum);
    return insert.finish().status().map([&] { return open.database.lastId(); });
}

Result<ModelId> addArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact)
{
    ModelRecord record{row, contentOf(artifact)};
    if (record.row.createdAt.empty())
        record.row.createdAt = store::isoNow();
    if (record.row.build.empty())
        record.row.build = buildName();
    return open.write([&]() -> Result<ModelId> {
        if (const auto there = open.requireDataset(row.dataset); !there)
            return tl::unexpected(there.error());
        const auto id = insertRecord(open, record);
        if (!id)
            return id;
        return writeArtifact(open.blobs(), *id, artifact).and_then([&] { return open.seal("model"); }).map([&] {
            return *id;
        });
    });
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

Status changeName(const OpenWorkspace& open, ModelRecord record, const std::string& name)
{
    record.row.name = name;
    return open.database.prepare("UPDATE model SET name = ?, checksum = ? WHERE id = ?")
        .run(name, checksumOf(record), record.row.id)
        .status();
}

} // namespace

Result<ModelId> Workspace::addModel(const ModelRow& row, const Model& model)
{
    Artifact artifact;
    model.save(artifact);
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
        std::vector<ModelRow> all;
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM model WHERE dataset = ? ORDER BY id", modelColumns));
        rows.with(dataset);
        while (rows.next()) {
            auto record = recordFrom(*m_open, rows);
            if (!record)
                return tl::unexpected(record.error());
            all.push_back(std::move(record->row));
        }
        return rows.status().map([&] { return std::move(all); });
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
        return m_open->seal("model").and_then([&] { return m_open->seal("run"); });
    });
}

} // namespace orrery
