// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/audience_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/pipeline/item_audience.h"

#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::array<std::size_t, 4> places{3, 10, 30, 100};

Json audienceJson(const ItemAudience& audience, double exposure, double chosen)
{
    Json json = {{"people", audience.people}, {"owners", audience.owners}, {"exposure", exposure}, {"choices", chosen}};
    for (const std::size_t place : places)
        json[fmt::format("within{}", place)] = audience.within(place);
    json["groups"] = Json::array();
    for (const AudienceGroup& group : audience.groups)
        json["groups"].push_back(
            {{"column", group.column}, {"value", group.value}, {"people", group.people}, {"shown", group.shown}});
    return json;
}

std::string audienceText(const ItemAudience& audience, double exposure, double chosen)
{
    std::string out =
        fmt::format("{} asked, {} have it; {:.2f} % of what is shown, {:.2f} % of all choices\n",
                    counted(audience.people, "person", "people"), audience.owners, 100 * exposure, 100 * chosen);
    for (const std::size_t place : places)
        out += fmt::format("within the first {}: {}\n", place, audience.within(place));
    TextTable table({"group", "", "people", fmt::format("within {}", ItemAudience::top)});
    for (const AudienceGroup& group : audience.groups)
        table.add({group.column, group.value, std::to_string(group.people), std::to_string(group.shown)});
    return out + "\n" + table.text();
}

} // namespace

std::string_view AudienceCommand::examples() const
{
    return "orrery-cli audience --data ml-latest-small --model implicit-als --item 260\n"
           "orrery-cli audience --data datasets/shop --model cold-start --item p12 --json";
}

void AudienceCommand::declare(CLI::App& app)
{
    app.add_option("--item", m_item, "The item, by id")->type_name("ID")->required();
    app.add_option("--people", m_people, "At most so many people are asked, spread evenly")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000).description(""));
    app.add_option("--length", m_length, "How far their lists are looked at")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000).description(""));
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> AudienceCommand::run(const Context& context)
{
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .5);
    if (!asked)
        return tl::unexpected(asked.error());
    const Dataset& dataset = *asked->data.dataset;
    const auto item = requireItem(dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const ReadyModel& model = asked->ready.models.front();
    const auto sample =
        sampleLists(dataset, *model.recommender, asked->asOf, m_people, m_length, context.job.part(.5, 1));
    if (!sample)
        return tl::unexpected(sample.error());
    const ItemAudience audience = audienceOf(*sample, dataset, asked->asOf, *item);
    const double exposure = exposureOf(*sample, dataset.itemCount())[item->value];
    const double chosen = shareOfChoices(dataset, asked->asOf)[item->value];
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}};
    json.update(itemJson(dataset, *item));
    json.update(audienceJson(audience, exposure, chosen));
    return Output{dump(json), fmt::format("Who gets {} from {}: ", itemText(dataset, *item), model.choice.name) +
                                  audienceText(audience, exposure, chosen)};
}

} // namespace orrery::cli
