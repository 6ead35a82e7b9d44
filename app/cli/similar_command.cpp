// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/similar_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {

std::string_view SimilarCommand::examples() const
{
    return "orrery-cli similar --item 7\n"
           "orrery-cli similar --data ml-latest-small --model implicit-als --set factors=32 --item 260 --n 5 --json\n"
           "orrery-cli similar --person 7 --model implicit-als";
}

void SimilarCommand::declare(CLI::App& app)
{
    auto* item = app.add_option("--item", m_item, "The item to compare with, by id")->type_name("ID");
    app.add_option("--person", m_person, "Instead: the person to compare with, by id")->type_name("ID")->excludes(item);
    app.add_option("-n,--n", m_count, "How many")->capture_default_str()->check(CLI::Range(1, 100'000).description(""));
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> SimilarCommand::run(const Context& context)
{
    if (m_item.empty() && m_person.empty())
        return error(Code::InvalidArgument, "Similar to what?", "Give --item ID or --person ID");
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, 1);
    if (!asked)
        return tl::unexpected(asked.error());
    const Dataset& dataset = *asked->data.dataset;
    const ReadyModel& model = asked->ready.models.front();
    return m_person.empty() ? itemsLike(dataset, model) : peopleLike(dataset, model, asked->asOf);
}

Result<Output> SimilarCommand::itemsLike(const Dataset& dataset, const ReadyModel& model) const
{
    const auto item = requireItem(dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto trained = requireModel(model);
    if (!trained)
        return tl::unexpected(trained.error());
    const auto neighbours = (*trained)->similarItems(*item, m_count);
    if (!neighbours)
        return tl::unexpected(neighbours.error());
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}};
    json.update(itemJson(dataset, *item));
    json["similar"] = Json::array();
    TextTable table({"", "item", "id", "similarity"});
    for (const auto& neighbour : *neighbours) {
        const auto rank = json["similar"].size() + 1;
        Json one = {{"rank", rank}};
        one.update(itemJson(dataset, neighbour.item));
        one["similarity"] = number(neighbour.similarity);
        json["similar"].push_back(std::move(one));
        table.add({std::to_string(rank), dataset.title(neighbour.item),
                   std::string(dataset.itemIds().name(neighbour.item.value)),
                   fmt::format("{:.4f}", neighbour.similarity)});
    }
    return Output{dump(json),
                  fmt::format("Most similar to {}, by {}\n\n", itemText(dataset, *item), model.choice.name) +
                      table.text()};
}

Result<Output> SimilarCommand::peopleLike(const Dataset& dataset, const ReadyModel& model, Timestamp asOf) const
{
    const auto person = requirePerson(dataset, m_person);
    if (!person)
        return tl::unexpected(person.error());
    const auto trained = requireModel(model);
    if (!trained)
        return tl::unexpected(trained.error());
    const auto people = (*trained)->similarPeople(queryFor(dataset, *person, asOf), m_count);
    if (!people)
        return tl::unexpected(people.error());
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}};
    json["person"] = dataset.personName(*person);
    json["similar"] = Json::array();
    TextTable table({"", "person", "similarity"});
    for (const auto& one : *people) {
        const auto rank = json["similar"].size() + 1;
        json["similar"].push_back(
            {{"rank", rank}, {"person", dataset.personName(one.person)}, {"similarity", number(one.similarity)}});
        table.add({std::to_string(rank), dataset.personName(one.person), fmt::format("{:.4f}", one.similarity)});
    }
    return Output{dump(json),
                  fmt::format("Most similar to {}, by {}\n\n", dataset.personName(*person), model.choice.name) +
                      table.text()};
}

} // namespace orrery::cli
