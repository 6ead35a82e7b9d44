// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/similar_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Result<std::vector<Neighbour>> neighboursOf(const ReadyModel& model, ItemIndex item, std::size_t n)
{
    if (const auto& trained = model.recommender->model())
        return trained->similarItems(item, n);
    return error(Code::Unsupported, fmt::format("'{}' cannot say what is similar", model.choice.name),
                 model.recommender->capabilities().reason);
}

} // namespace

std::string_view SimilarCommand::examples() const
{
    return "orrery-cli similar --item 7\n"
           "orrery-cli similar --data ml-latest-small --model implicit-als --set factors=32 --item 260 --n 5 --json";
}

void SimilarCommand::declare(CLI::App& app)
{
    app.add_option("--item", m_item, "The item to compare with, by id")->type_name("ID")->required();
    app.add_option("-n,--n", m_count, "How many items")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000).description(""));
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> SimilarCommand::run(const Context& context)
{
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto item = requireItem(*data->dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto ready = makeAllReady(m_models, *data, *asOf, context.console, context.job.part(0.2, 1));
    if (!ready)
        return tl::unexpected(ready.error());
    const ReadyModel& model = ready->models.front();
    const auto neighbours = neighboursOf(model, *item, m_count);
    if (!neighbours)
        return tl::unexpected(neighbours.error());
    Json json = {{"dataset", datasetJson(*data->dataset)}, {"model", model.choice.name}};
    json.update(itemJson(*data->dataset, *item));
    json["similar"] = Json::array();
    TextTable table({"", "item", "id", "similarity"});
    for (const auto& neighbour : *neighbours) {
        const auto rank = json["similar"].size() + 1;
        Json one = {{"rank", rank}};
        one.update(itemJson(*data->dataset, neighbour.item));
        one["similarity"] = number(neighbour.similarity);
        json["similar"].push_back(std::move(one));
        table.add({std::to_string(rank), data->dataset->title(neighbour.item),
                   std::string(data->dataset->itemIds().name(neighbour.item.value)),
                   fmt::format("{:.4f}", neighbour.similarity)});
    }
    return Output{dump(json),
                  fmt::format("Most similar to {}, by {}\n\n", itemText(*data->dataset, *item), model.choice.name) +
                      table.text()};
}

} // namespace orrery::cli
