// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/store/checked_rows.h"
#include "core/store/list_artifact.h"

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

ModelRow rowOf(ModelRecord record) { return std::move(record.row); }

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
    ModelRecord record{row, contentOf(artifact)};
    if (record.row.createdAt.empty())
        record.row.createdAt = store::isoNow();
    if (record.row.build.empty())
        record.row.build = buildName();
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
        auto rows = m_open->database.prepare(
            fmt::format("SELECT id, checksum, {} FROM model WHERE dataset = ? ORDER BY id", modelColumns));
        return store::readAll(std::move(rows.with(dataset)), [&](const sqlite::Statement& found) {
            return store::checkedRecord<ModelRecord>(*m_open, "model", found).map(&rowOf);
        });
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
