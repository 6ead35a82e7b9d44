// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_command.h"

#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "core/base/words.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Result<OpenedData> openWorkspace(const std::string& file, const std::string& dataset)
{
    auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto row = findDataset(*workspace, dataset);
    if (!row)
        return tl::unexpected(row.error());
    auto imported = workspace->loadDataset(row->id);
    if (!imported)
        return tl::unexpected(imported.error());
    return OpenedData{imported->dataset, imported->trainEvents, std::move(imported->report), std::move(*workspace),
                      row->id};
}

std::string trainedOnText(const OpenedData& data, Timestamp asOf)
{
    const std::string part = data.trainEvents ? "the training file" : "all data";
    return asOf == endOfTime ? part : (data.trainEvents ? part + ", before " : "before ") + dateText(asOf);
}

ModelRow rowOf(const ReadyModel& model, const OpenedData& data, const Dataset& train, Timestamp asOf)
{
    ModelRow row;
    row.dataset = data.id;
    row.algorithm = model.choice.algorithm->id;
    row.paramsJson = toJson(model.choice.params);
    row.trainHash = train.hash();
    row.trainedOn = trainedOnText(data, asOf);
    row.asOf = asOf;
    row.heldOut = asOf != endOfTime || data.trainEvents;
    row.seconds = model.seconds;
    return row;
}

} // namespace

std::string_view TrainCommand::examples() const
{
    return "orrery-cli train --workspace w.orrery --model svd --name \"my svd\"\n"
           "orrery-cli train --workspace w.orrery --model implicit-als --set factors=32 --as-of 2022-01-01";
}

void TrainCommand::declare(CLI::App& app)
{
    app.add_option("--workspace", m_workspace, "The file that holds the dataset and will hold the model")
        ->type_name("FILE")
        ->required();
    app.add_option("--dataset", m_dataset, "Which dataset of the workspace, by name or number; the newest otherwise")
        ->type_name("NAME");
    app.add_option("--name", m_name, "What to call it; otherwise as its algorithm")->type_name("TEXT");
    m_model.declare(app, ModelOptions::Number::Trained);
    declareAsOf(app, m_asOf);
}

Result<Output> TrainCommand::run(const Context& context)
{
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    auto data = openWorkspace(m_workspace, m_dataset);
    if (!data)
        return tl::unexpected(data.error());
    const auto choices = m_model.algorithms();
    if (!choices)
        return tl::unexpected(choices.error());
    const auto train = data->known(*asOf);
    if (!train)
        return tl::unexpected(train.error());
    const auto model = makeReady(choices->front(), *data, *train, context.job);
    if (!model)
        return tl::unexpected(model.error());
    ModelRow row = rowOf(*model, *data, **train, *asOf);
    row.name = m_name.empty() ? model->choice.name : m_name;
    row.seed = context.seed;
    const auto id = data->workspace->addModel(row, *model->recommender->model());
    if (!id)
        return tl::unexpected(id.error());
    const Json json = {{"model", *id},
                       {"name", row.name},
                       {"algorithm", row.algorithm},
                       {"parameters", paramsJson(model->choice.params)},
                       {"seed", row.seed},
                       {"trainedOn", row.trainedOn},
                       {"seconds", row.seconds},
                       {"dataset", datasetJson(*data->dataset)},
                       {"workspace", m_workspace}};
    return Output{dump(json), fmt::format("'{}' was trained on {} in {:.2f} s and stored in {} as model {}\n", row.name,
                                          row.trainedOn, row.seconds, m_workspace, *id)};
}

} // namespace orrery::cli
