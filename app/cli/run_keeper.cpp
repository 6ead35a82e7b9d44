// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_keeper.h"

#include "core/pipeline/imported_list.h"
#include "core/store/new_rows.h"

#include <algorithm>

namespace orrery::cli {
namespace {

bool isSameTraining(const ModelRow& a, const ModelRow& b)
{
    return a.algorithm == b.algorithm && a.paramsJson == b.paramsJson && a.seed == b.seed &&
           a.trainHash == b.trainHash && a.build == b.build;
}

ModelRow newRow(const Judged& judged, const EvaluationPlace& place, const std::vector<ModelRow>& models)
{
    ModelRow row;
    row.dataset = place.id;
    row.name = freeName(judged.choice.name, models);
    row.colour = freeColour(models);
    row.build = buildName();
    return row;
}

Result<ModelRow> keepLists(const Judged& judged, const EvaluationPlace& place, const std::vector<ModelRow>& models,
                           const Context& context)
{
    auto lists = readLists(judged.choice.listsFile, place.dataset, context.job);
    if (!lists)
        return tl::unexpected(lists.error());
    ModelRow row = newRow(judged, place, models);
    row.trainedOn = "lists computed elsewhere";
    lists->name = row.name;
    return place.workspace.addLists(row, *lists).map([&](ModelId id) {
        row.id = id;
        return row;
    });
}

// Its models are those of the workspace that have these names.
Result<ModelRow> keepRecipe(const Judged& judged, const EvaluationPlace& place, const std::vector<ModelRow>& models)
{
    ModelRow row = newRow(judged, place, models);
    row.trainedOn = "a recipe";
    StoredFunnel stored{*judged.choice.funnel, {}};
    stored.recipe.name = row.name;
    return place.workspace.addFunnel(row, stored).map([&](ModelId id) {
        row.id = id;
        return row;
    });
}

Result<ModelRow> keepModel(const Judged& judged, const EvaluationPlace& place, const std::vector<ModelRow>& models,
                           const Context& context)
{
    if (judged.choice.stored)
        return *judged.choice.stored;
    if (judged.choice.funnel)
        return keepRecipe(judged, place, models);
    if (!judged.choice.algorithm)
        return keepLists(judged, place, models, context);
    ModelRow row = newRow(judged, place, models);
    row.algorithm = judged.choice.algorithm->id;
    row.paramsJson = toJson(judged.choice.params);
    row.seed = context.seed;
    row.seconds = judged.trainingSeconds.front();
    setTrainedOn(row, place.splits.front().plan, place.splits.front().split);
    const auto same = std::ranges::find_if(models, [&](const ModelRow& one) { return isSameTraining(one, row); });
    if (same != models.end())
        return *same;
    return place.workspace.addModel(row, *judged.first, judged.curves).map([&](ModelId id) {
        row.id = id;
        return row;
    });
}

Result<KeptRuns> keepOne(const Judged& judged, const EvaluationPlace& place, const Context& context)
{
    const auto models = place.workspace.models(place.id);
    if (!models)
        return tl::unexpected(models.error());
    const auto model = keepModel(judged, place, *models, context);
    if (!model)
        return tl::unexpected(model.error());
    KeptRuns kept{model->id, model->name, {}};
    for (std::size_t i = 0; i < place.splits.size(); ++i) {
        const auto run = place.workspace.addRun(runRow(model->id, place.splits[i].plan, place.splits[i].split,
                                                       place.protocol, model->seed, judged.reports[i]));
        if (!run)
            return tl::unexpected(run.error());
        kept.runs.push_back(*run);
    }
    return kept;
}

} // namespace

Result<std::vector<KeptRuns>> keepRuns(const EvaluationPlace& place, const std::vector<Judged>& judged,
                                       const Context& context)
{
    std::vector<KeptRuns> all;
    for (const Judged& one : judged) {
        auto kept = keepOne(one, place, context);
        if (!kept)
            return tl::unexpected(kept.error());
        all.push_back(std::move(*kept));
    }
    return all;
}

} // namespace orrery::cli
