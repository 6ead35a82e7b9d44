// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/audience_command.h"

#include "app/cli/json.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/pipeline/item_audience.h"
#include "core/pipeline/item_losses.h"

#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::array<std::size_t, 4> places{3, 10, 30, 100};
constexpr std::size_t inheritedFrom = 10;

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

Json lossesJson(const ItemLosses& losses)
{
    Json json = {{"people", losses.people},          {"listed", losses.listed},
                 {"broughtByRules", losses.brought}, {"seen", losses.seen},
                 {"notFound", losses.notFound},      {"ranked", losses.ranked},
                 {"inRules", losses.lostInRules()}};
    json["rules"] = Json::array();
    for (const ItemLosses::ByRule& rule : losses.rules)
        json["rules"].push_back({{"rule", rule.rule}, {"dropped", rule.dropped}, {"pushed", rule.pushed}});
    json["foundBy"] = losses.foundBy;
    return json;
}

std::string lossesText(const ItemLosses& losses)
{
    std::string out = fmt::format("\nIts way through the funnel, of {}: {} in the first {}; lost in retrieval {}, in "
                                  "ranking {}, in rules {}; {} have it\n",
                                  counted(losses.people, "person", "people"), losses.listed, ItemAudience::top,
                                  losses.notFound, losses.ranked, losses.lostInRules(), losses.seen);
    for (const ItemLosses::ByRule& rule : losses.rules)
        if (rule.dropped + rule.pushed > 0)
            out += fmt::format("  {}: drops it for {}, pushes it down for {}\n", rule.rule, rule.dropped, rule.pushed);
    return out;
}

Result<ItemRecord> recordOf(const std::vector<std::string>& told, const Dataset& dataset)
{
    ItemRecord record{"the new item", {}};
    for (const std::string& one : told) {
        const auto equals = one.find('=');
        if (equals == std::string::npos)
            return error(Code::InvalidArgument, fmt::format("'{}' is not COLUMN=VALUE", one), "For example title=Duel");
        const std::string column = one.substr(0, equals);
        auto value = recordValueFrom(dataset.items(), column, one.substr(equals + 1));
        if (!value)
            return tl::unexpected(value.error());
        record.values.emplace_back(column, std::move(*value));
    }
    return record;
}

} // namespace

std::string_view AudienceCommand::examples() const
{
    return "orrery-cli audience --data ml-latest-small --model implicit-als --item 260\n"
           "orrery-cli audience --data datasets/shop --model cold-start --item i12 --json\n"
           "orrery-cli audience --data datasets/films --model implicit-als --new title=Duel --new genres=western,drama";
}

void AudienceCommand::declare(CLI::App& app)
{
    auto* item = app.add_option("--item", m_item, "The item, by id")->type_name("ID");
    auto* described =
        app.add_option(
               "--new", m_new,
               "Instead an item that is not in the catalog: what a column of the catalog says of it, tags parted "
               "by commas; may be repeated")
            ->type_name("COLUMN=VALUE")
            ->allow_extra_args(false)
            ->excludes(item);
    item->excludes(described);
    app.add_option("--people", m_people, "At most so many people are asked, spread evenly")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000).description(""));
    app.add_option("--length", m_length, "How far their lists are looked at")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000).description(""));
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
    m_data.declareSegments(app);
}

Result<Output> AudienceCommand::run(const Context& context)
{
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .5);
    if (!asked)
        return tl::unexpected(asked.error());
    const Dataset& dataset = *asked->data.dataset;
    const auto item = m_new.empty() ? requireItem(dataset, m_item) : Result<ItemIndex>(ItemIndex{0});
    if (!item)
        return tl::unexpected(item.error());
    const ReadyModel& model = asked->ready.models.front();
    const auto sample =
        sampleLists(dataset, *model.recommender, asked->asOf, m_people, m_length, context.job.part(.5, .9));
    if (!sample)
        return tl::unexpected(sample.error());
    if (!m_new.empty())
        return landing(dataset, model, asked->asOf, *sample, context.job.part(.9, 1));
    const ItemAudience audience = audienceOf(*sample, dataset, asked->asOf, *item);
    const double exposure = exposureOf(*sample, dataset.itemCount())[item->value];
    const double chosen = shareOfChoices(dataset, asked->asOf)[item->value];
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}};
    json.update(itemJson(dataset, *item));
    json.update(audienceJson(audience, exposure, chosen));
    std::string text = fmt::format("Who gets {} from {}: ", itemText(dataset, *item), model.choice.name) +
                       audienceText(audience, exposure, chosen);
    if (const Funnel* funnel = funnelOf(model.recommender.get())) {
        std::vector<Query> queries;
        for (const UserIndex user : sample->people)
            queries.push_back(queryFor(dataset, user, asked->asOf));
        const auto losses = lossesOf(*funnel, queries, *item, ItemAudience::top, context.job.part(.9, 1));
        if (!losses)
            return tl::unexpected(losses.error());
        json["losses"] = lossesJson(*losses);
        text += lossesText(*losses);
    }
    return Output{dump(json), std::move(text)};
}

Result<Output> AudienceCommand::landing(const Dataset& dataset, const ReadyModel& model, Timestamp asOf,
                                        const ListSample& sample, const JobContext& job) const
{
    const auto record = recordOf(m_new, dataset);
    if (!record)
        return tl::unexpected(record.error());
    if (!model.recommender->model())
        return error(Code::InvalidArgument, fmt::format("'{}' is a list, not a model", model.choice.name),
                     "Ask a model");
    const auto found = landingOf(dataset, *record, *model.recommender->model(), inheritedFrom, &sample, asOf, job);
    if (!found)
        return tl::unexpected(found.error());
    Json json = {{"dataset", datasetJson(dataset)},
                 {"model", model.choice.name},
                 {"people", found->asked},
                 {fmt::format("within{}", ItemAudience::top), found->within}};
    TextTable table({"inherits from", "id", "alike"});
    for (const Neighbour& one : found->placement.from) {
        Json neighbour = itemJson(dataset, one.item);
        neighbour["similarity"] = one.similarity;
        json["inheritsFrom"].push_back(std::move(neighbour));
        table.add({dataset.title(one.item), std::string(dataset.itemIds().name(one.item.value)),
                   fmt::format("{:.3f}", one.similarity)});
    }
    if (found->placement.from.empty())
        return Output{dump(json), "It is like nothing that was used: say more of it\n"};
    return Output{dump(json),
                  fmt::format("{} would show it to {} of {} within the first {}\n\n", model.choice.name,
                              grouped(found->within), counted(found->asked, "person", "people"), ItemAudience::top) +
                      table.text()};
}

} // namespace orrery::cli
