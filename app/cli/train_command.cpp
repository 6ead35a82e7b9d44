// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
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
    row.trainHash = train.hash();
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
           "orrery-cli train --data ml-latest-small --out w.orrery --model item-knn";
}

void TrainCommand::declare(CLI::App& app)
{
    app.add_option("--name", m_name, "What to call it; otherwise as its algorithm")->type_name("TEXT");
    m_model.declare(app, ModelOptions::Number::Trained);
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
