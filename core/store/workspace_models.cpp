// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/pipeline/funnel_learning.h"
#include "core/store/list_artifact.h"
#include "core/store/model_records.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orrery {

using store::ModelRecord;
using store::OpenWorkspace;
using store::readRecord;

namespace {

constexpr std::string_view listAlgorithm = "imported-list";

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
    const auto flat = open.blobs().values<double>(array, store::nameOf(Artifact::Type::Float64));
    if (!flat)
        return tl::unexpected(flat.error());
    if (flat->size() % 2 != 0)
        return open.damaged(fmt::format("the training curve '{}'", array.name));
    Curve curve;
    for (std::size_t i = 0; i < flat->size(); i += 2)
        curve.emplace_back((*flat)[i], (*flat)[i + 1]);
    return curve;
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

// What was learned of sources knows them by their names.
Status renameInLearning(const OpenWorkspace& open, const ModelRecord& record, const FunnelLearning& learning,
                        const FunnelRecipe& recipe, const std::string& from, const std::string& to)
{
    Artifact artifact;
    save(withModelRenamed(learning, recipe, from, to), artifact);
    return store::replaceArtifact(open, store::rowOf(record), artifact);
}

// What a damaged recipe names nobody knows: it stays as it is.
Status renameInFunnels(const OpenWorkspace& open, DatasetId dataset, const std::string& from, const std::string& to)
{
    auto records = store::recordsOf(open, dataset);
    if (!records)
        return tl::unexpected(records.error());
    for (ModelRecord& record : *records) {
        const auto recipe = record.row.algorithm == funnelAlgorithm ? recipeOf(record) : tl::unexpected(Error{});
        if (!recipe)
            continue;
        const auto artifact = store::readArtifact(open, record);
        const auto learning = artifact ? loadLearning(*artifact) : tl::unexpected(artifact.error());
        record.row.paramsJson = toJson(withModelRenamed(*recipe, from, to));
        const bool hasLearned = learning && (learning->ranker || learning->merge);
        if (const auto done = hasLearned ? renameInLearning(open, record, *learning, *recipe, from, to)
                                         : store::changeRow(open, record);
            !done)
            return done;
    }
    return {};
}

Status changeName(const OpenWorkspace& open, ModelRecord record, const std::string& name)
{
    const std::string before = std::exchange(record.row.name, name);
    return store::changeRow(open, record).and_then([&] {
        return renameInFunnels(open, record.row.dataset, before, name);
    });
}

/// The row of a recipe; what else the row says stays.
ModelRow rowOf(ModelRow row, const StoredFunnel& funnel)
{
    row.algorithm = funnelAlgorithm;
    row.paramsJson = toJson(funnel.recipe);
    return row;
}

} // namespace

Result<ModelId> Workspace::addModel(const ModelRow& row, const Model& model, const Curves& curves)
{
    Artifact artifact;
    model.save(artifact);
    putCurves(artifact, curves);
    return store::addArtifact(*m_open, row, artifact);
}

Result<ModelId> Workspace::addLists(const ModelRow& row, const ImportedLists& lists)
{
    ModelRow list = row;
    list.algorithm = listAlgorithm;
    return store::addArtifact(*m_open, list, store::toArtifact(lists));
}

Result<std::vector<ModelRow>> Workspace::models(DatasetId dataset) const
{
    return m_open->read([&]() -> Result<std::vector<ModelRow>> {
        if (const auto whole = m_open->checkSeal("model"); !whole)
            return tl::unexpected(whole.error());
        auto records = store::recordsOf(*m_open, dataset);
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
        const auto artifact = store::readArtifact(*m_open, *record);
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
    return m_open->write([&] { return store::replaceArtifact(*m_open, row, artifact); });
}

Result<ModelId> Workspace::addFunnel(const ModelRow& row, const StoredFunnel& funnel)
{
    ModelRow named = rowOf(row, funnel);
    named.name = funnel.recipe.name;
    return store::addArtifact(*m_open, named, funnel.ranker);
}

Status Workspace::updateFunnel(ModelId id, const StoredFunnel& funnel)
{
    return m_open->write([&]() -> Status {
        const auto before = readRecord(*m_open, id);
        if (!before)
            return tl::unexpected(before.error());
        return store::replaceArtifact(*m_open, rowOf(before->row, funnel), funnel.ranker);
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
        auto artifact = store::readArtifact(*m_open, *record);
        if (!artifact)
            return tl::unexpected(artifact.error());
        auto recipe = recipeOf(*record);
        if (!recipe)
            return tl::unexpected(recipe.error());
        return StoredFunnel{std::move(*recipe), std::move(*artifact)};
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
