// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/model_records.h"

#include "core/store/checked_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace orrery::store {
namespace {

constexpr const char* modelColumns = "dataset, name, algorithm, params, seed, trained_on, train_hash, as_of, held_out, "
                                     "split, seconds, build, created_at, colour, content, events, up_to, "
                                     "kind_weights";

template <class Record, class Visit> void eachModelField(Record& record, Visit&& visit)
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

constexpr std::array<std::pair<Artifact::Type, std::string_view>, 5> typeNames{{
    {Artifact::Type::Float32, "float32"},
    {Artifact::Type::UInt32, "uint32"},
    {Artifact::Type::Float64, "float64"},
    {Artifact::Type::Text, "text"},
    {Artifact::Type::Int64, "int64"},
}};

std::string contentOf(const Artifact& artifact)
{
    Hasher hasher;
    for (const auto& [name, array] : artifact.arrays())
        BlobStore::hash(hasher, name, nameOf(array.type), array.bytes);
    return hasher.hex();
}

Status writeArtifact(const BlobStore& blobs, ModelId id, const Artifact& artifact)
{
    for (const auto& [name, array] : artifact.arrays())
        if (const auto done = blobs.write(Owner::Model, id, name, nameOf(array.type), array.bytes); !done)
            return done;
    return {};
}

} // namespace

// Found by where ModelRecord is (checked_rows.h).
template <class Visit> static void eachField(ModelRecord& record, Visit&& visit) { eachModelField(record, visit); }
template <class Visit> static void eachField(const ModelRecord& record, Visit&& visit)
{
    eachModelField(record, visit);
}

// What models of before do not have is not in their checksum.
static std::string checksumOf(const ModelRecord& record)
{
    Hasher hasher;
    eachField(record, [field = FieldHasher(hasher)]<class T>(const T& value) mutable {
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
        record.row.createdAt = isoNow();
    if (record.row.build.empty())
        record.row.build = buildName();
    return record;
}

ModelRow rowOf(ModelRecord record)
{
    record.row.upTo = record.upTo.value_or(noTime);
    return std::move(record.row);
}

Result<ModelRecord> readRecord(const OpenWorkspace& open, ModelId id)
{
    return findRecord<ModelRecord>(open, "model", modelColumns, id, [&] {
        return Error{Code::NotFound,
                     fmt::format("There is no model {} in this workspace", id),
                     "It may have been removed; look at the list of models",
                     {}};
    });
}

Result<std::vector<ModelRecord>> recordsOf(const OpenWorkspace& open, DatasetId dataset)
{
    auto rows = open.database.prepare(
        fmt::format("SELECT id, checksum, {} FROM model WHERE dataset = ? ORDER BY id", modelColumns));
    return readAll(std::move(rows.with(dataset)),
                   [&](const sqlite::Statement& found) { return checkedRecord<ModelRecord>(open, "model", found); });
}

Status changeRow(const OpenWorkspace& open, const ModelRecord& record)
{
    return open.database.prepare("UPDATE model SET name = ?, params = ?, checksum = ? WHERE id = ?")
        .run(record.row.name, record.row.paramsJson, checksumOf(record), record.row.id)
        .status();
}

std::string_view nameOf(Artifact::Type type)
{
    return std::ranges::find(typeNames, type, &std::pair<Artifact::Type, std::string_view>::first)->second;
}

Result<Artifact> readArtifact(const OpenWorkspace& open, const ModelRecord& record)
{
    const auto arrays = open.blobs().list(Owner::Model, record.row.id);
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

Result<ModelId> addArtifact(const OpenWorkspace& open, const ModelRow& row, const Artifact& artifact)
{
    const ModelRecord record = recordOf(row, contentOf(artifact));
    return open.write([&]() -> Result<ModelId> {
        if (const auto there = open.requireDataset(row.dataset); !there)
            return tl::unexpected(there.error());
        const auto id = insertRecord(open, "model", modelColumns, record);
        if (!id)
            return id;
        return writeArtifact(open.blobs(), *id, artifact).and_then([&] { return open.seal("model"); }).map([&] {
            return *id;
        });
    });
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
        .and_then([&] { return updateRecord(open, "model", modelColumns, row.id, record); })
        .and_then([&] { return writeArtifact(open.blobs(), row.id, artifact); })
        .and_then([&] { return open.seal("model"); });
}

Status removeArrays(const OpenWorkspace& open, ModelId id, bool lists)
{
    return open.database
        .prepare(fmt::format("DELETE FROM array WHERE model = ? AND name {} '{}%'", lists ? "LIKE" : "NOT LIKE",
                             listsPrefix))
        .run(id)
        .status();
}

} // namespace orrery::store
