// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/model_refresh.h"
#include "app/cli/person_options.h"
#include "core/base/words.h"
#include "core/store/new_rows.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

std::string trainedOnText(const OpenedData& data, Timestamp asOf)
{
    const std::string part = data.trainEvents ? "the training file" : "all data";
    return asOf == endOfTime ? part : (data.trainEvents ? part + ", before " : "before ") + dateText(asOf);
}

ModelRow rowOf(const ReadyModel& model, const OpenedData& data, const Dataset& train, Timestamp asOf,
               std::uint64_t seed)
{
    ModelRow row;
    row.algorithm = model.choice.algorithm->id;
    row.paramsJson = toJson(model.choice.params);
    row.seed = seed;
    if (data.trainEvents)
        row.trainHash = train.hash();
    else
        setTrainedOn(row, train);
    row.trainedOn = trainedOnText(data, asOf);
    row.asOf = asOf;
    row.heldOut = asOf != endOfTime || data.trainEvents;
    row.seconds = model.seconds;
    row.build = buildName();
    return row;
}

} // namespace

std::string_view TrainCommand::examples() const
{
    return "orrery-cli train --workspace w.orrery --model svd --name \"my svd\"\n"
           "orrery-cli train --workspace w.orrery --model implicit-als --set factors=32 --as-of 2022-01-01\n"
           "orrery-cli train --workspace w.orrery --refresh\n"
           "orrery-cli train --data ml-latest-small --out w.orrery --model item-knn";
}

void TrainCommand::declare(CLI::App& app)
{
    app.add_option("--name", m_name, "What to call it; otherwise as its algorithm")->type_name("TEXT");
    m_model.declare(app, ModelOptions::Number::Trained);
    app.add_flag("--refresh", m_refresh,
                 "Bring stored models up to date instead, with their settings, after events were appended: those that "
                 "--model names, or all. Factorizations go on from what they were where they can");
    declareAsOf(app, m_asOf);
    m_data.declare(app);
    m_data.declareOut(app);
}

Result<ModelRow> TrainCommand::keep(OpenedData& data, ModelRow row, const ReadyModel& model) const
{
    const auto done = m_data.store(data, [&](Workspace& workspace, DatasetId id) -> Status {
        const auto models = workspace.models(id);
        if (!models)
            return tl::unexpected(models.error());
        row.dataset = id;
        row.name = freeName(m_name.empty() ? model.choice.name : m_name, *models);
        row.colour = freeColour(*models);
        return workspace.addModel(row, *model.recommender->model(), model.curves).map([&](ModelId added) {
            row.id = added;
        });
    });
    return done.map([&] { return std::move(row); });
}

Result<Output> TrainCommand::refresh(OpenedData& data, const JobContext& job) const
{
    if (!data.workspace || !m_asOf.empty() || !m_name.empty() || !data.narrowed.empty())
        return error(Code::InvalidArgument, "--refresh is for stored models as they are",
                     "Name their workspace, without --data, --as-of, --name or a filter");
    std::vector<ModelId> wanted;
    if (m_model.named()) {
        const auto choices = m_model.choices(data);
        if (!choices)
            return tl::unexpected(choices.error());
        for (const ModelChoice& choice : *choices) {
            if (!choice.stored)
                return error(Code::InvalidArgument, fmt::format("There is no stored model '{}'", choice.name),
                             "orrery-cli models --workspace FILE lists those there are");
            wanted.push_back(choice.stored->id);
        }
    }
    const auto models = refreshModels(*data.workspace, data.id, wanted, data.dataset, job);
    if (!models)
        return tl::unexpected(models.error());
    const Json json = {{"refreshed", refreshJson(*models)},
                       {"dataset", datasetJson(*data.dataset)},
                       {"workspace", m_data.storeFile()}};
    return Output{dump(json), models->empty() ? "There is no stored model of this dataset\n" : refreshText(*models)};
}

Result<Output> TrainCommand::run(const Context& context)
{
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    if (!m_data.stores())
        return error(Code::InvalidArgument, "There is no workspace to store the model in",
                     "Name one with --workspace FILE, or make one of the data: --data PATH --out FILE.orrery");
    auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    if (m_refresh)
        return refresh(*data, context.job.part(0.2, 1));
    if (!m_model.named())
        return error(
            Code::InvalidArgument, "It was not said what to train",
            "Name an algorithm with --model; 'orrery-cli models' lists them. Or bring stored models up to date: "
            "--refresh");
    const auto choices = m_model.algorithms();
    if (!choices)
        return tl::unexpected(choices.error());
    const auto train = data->known(*asOf);
    if (!train)
        return tl::unexpected(train.error());
    const auto model = makeReady(choices->front(), *data, *train, context.job.part(0.2, 1));
    if (!model)
        return tl::unexpected(model.error());
    const auto row = keep(*data, rowOf(*model, *data, **train, *asOf, context.seed), *model);
    if (!row)
        return tl::unexpected(row.error());
    const Json json = {{"model", row->id},
                       {"name", row->name},
                       {"algorithm", row->algorithm},
                       {"parameters", paramsJson(model->choice.params)},
                       {"seed", row->seed},
                       {"trainedOn", row->trainedOn},
                       {"seconds", row->seconds},
                       {"curves", model->curves},
                       {"dataset", datasetJson(*data->dataset)},
                       {"workspace", m_data.storeFile()}};
    return Output{dump(json), fmt::format("'{}' was trained on {} in {:.2f} s and stored in {} as model {}\n",
                                          row->name, row->trainedOn, row->seconds, m_data.storeFile(), row->id)};
}

} // namespace orrery::cli
