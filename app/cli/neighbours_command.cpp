// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/neighbours_command.h"

#include "app/cli/neighbour_reports.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/retrieval/trade_off.h"

#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t comparedQueries = 1000;
constexpr std::array comparedCandidates{10, 20, 40, 80, 160, 320};

std::string_view nameOf(SpaceMetric metric)
{
    switch (metric) {
    case SpaceMetric::Cosine: return "cosine";
    case SpaceMetric::Dot: return "dot product";
    case SpaceMetric::Euclidean: break;
    }
    return "minus the distance";
}

Result<std::vector<Near>> nearestBy(const VectorSpace& space, std::uint32_t row, std::size_t n, const JobContext& job)
{
    return ExactSearch(space.vectors, space.metric).nearest(space.vectors.row(row), n, job, row);
}

Result<std::vector<Near>> nearestBy(const HnswConfig& config, const VectorSpace& space, std::uint32_t row,
                                    std::size_t n, const JobContext& job)
{
    const auto index = HnswIndex::build(space.vectors, space.metric, config, job);
    if (!index)
        return tl::unexpected(index.error());
    return index->nearest(space.vectors.row(row), n, row);
}

} // namespace

std::string_view NeighboursCommand::examples() const
{
    return "orrery-cli neighbours --data ml-latest-small --model implicit-als --item 260\n"
           "orrery-cli neighbours --data ml-latest-small --model lsa --item 260 --search hnsw --candidates 100 --json\n"
           "orrery-cli neighbours --data ml-latest-small --model item-knn --model implicit-als --item 260\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --hubs\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --compare";
}

void NeighboursCommand::declare(CLI::App& app)
{
    auto* item = app.add_option("--item", m_item, "Whose neighbours, by id")->type_name("ID");
    auto* person = app.add_option("--person", m_person, "Of two models: whose similar people, by id")
                       ->type_name("ID")
                       ->excludes(item);
    auto* hubs = app.add_flag("--hubs", m_hubs, "Instead: which items are everyone's neighbour, and which nobody's")
                     ->excludes(item)
                     ->excludes(person);
    app.add_flag("--compare", m_compare, "Instead: what an index of these vectors finds, and how quickly")
        ->excludes(item)
        ->excludes(person)
        ->excludes(hubs);
    app.add_option("-n,--n", m_count, "How many")->capture_default_str()->check(CLI::Range(1, 10'000).description(""));
    app.add_option("--search", m_search, "exact looks at every item, hnsw asks an index")
        ->capture_default_str()
        ->check(CLI::IsMember({"exact", "hnsw"}));
    app.add_option("--links", m_config.links, "Of hnsw: links of each item (M), 4 to 64")->capture_default_str();
    app.add_option("--build-candidates", m_config.buildCandidates, "Of hnsw: looked at while linking (efConstruction)")
        ->capture_default_str();
    app.add_option("--candidates", m_config.candidates, "Of hnsw: looked at while searching (ef)")
        ->capture_default_str();
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::Several);
    m_data.declare(app);
}

Status NeighboursCommand::check() const
{
    if (m_item.empty() && m_person.empty() && !m_compare && !m_hubs)
        return error(Code::InvalidArgument, "Neighbours of what?", "Give --item ID, --hubs or --compare");
    const bool two = m_models.count() == 2;
    if (m_models.count() > 2 || (two && (m_compare || m_hubs)))
        return error(Code::InvalidArgument, "There are too many models",
                     "Give one --model, or two to compare what they find similar to an --item or --person");
    if (two && m_search != "exact")
        return error(Code::InvalidArgument, "Two models are compared by what they find similar, without an index",
                     "Leave out --search");
    if (!two && !m_person.empty())
        return error(Code::InvalidArgument, "Similar people are compared under two models",
                     "Give a second --model, or ask 'orrery-cli similar --person'");
    return {};
}

Result<Output> NeighboursCommand::run(const Context& context)
{
    if (const auto sound = check(); !sound)
        return tl::unexpected(sound.error());
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .7);
    if (!asked)
        return tl::unexpected(asked.error());
    const JobContext job = context.job.part(.7, 1);
    if (asked->ready.models.size() == 2)
        return listUnderTwo(*asked);
    return m_compare ? measureIndex(*asked, job) : m_hubs ? hubs(*asked, job) : list(*asked, job);
}

Result<Output> NeighboursCommand::list(const AskedModels& asked, const JobContext& job) const
{
    const Dataset& dataset = *asked.data.dataset;
    const ReadyModel& chosen = asked.ready.models.front();
    const auto item = requireItem(dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto model = requireItemVectors(chosen);
    if (!model)
        return tl::unexpected(model.error());
    const VectorSpace space = (*model)->itemSpace();
    if (item->value >= space.vectors.rows)
        return error(Code::NotFound, fmt::format("'{}' does not know this item", chosen.choice.name));
    const auto found = m_search == "hnsw" ? nearestBy(m_config, space, item->value, m_count, job.part(0, .8))
                                          : nearestBy(space, item->value, m_count, job.part(0, .8));
    if (!found)
        return tl::unexpected(found.error());
    const auto terms = ItemTerms::count(asked.data.dataset, job.part(.8, 1));
    if (!terms)
        return tl::unexpected(terms.error());
    NeighbourList near{chosen.choice.name, nameOf(space.metric), m_search, *item, {}, {}};
    std::vector<ItemIndex> items;
    for (const Near& one : *found) {
        near.near.push_back({ItemIndex{one.row}, one.similarity});
        items.push_back(ItemIndex{one.row});
    }
    near.common = inCommon(*asked.ready.train, *item, items);
    return neighboursOutput(dataset, *terms, near);
}

Result<Output> NeighboursCommand::listUnderTwo(const AskedModels& asked) const
{
    const Dataset& dataset = *asked.data.dataset;
    const auto first = requireModel(asked.ready.models[0]), second = requireModel(asked.ready.models[1]);
    if (!first || !second)
        return tl::unexpected((first ? second : first).error());
    const ComparedModels models{{asked.ready.models[0].choice.name, asked.ready.models[1].choice.name}, m_count};
    if (!m_person.empty()) {
        const auto person = requirePerson(dataset, m_person);
        if (!person)
            return tl::unexpected(person.error());
        const auto compared = compareSimilarPeople(**first, **second, queryFor(dataset, *person, asked.asOf), m_count);
        if (!compared)
            return tl::unexpected(compared.error());
        return comparisonOutput(dataset, models, *person, *compared);
    }
    const auto item = requireItem(dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto compared = compareSimilarItems(**first, **second, *item, m_count);
    if (!compared)
        return tl::unexpected(compared.error());
    return comparisonOutput(dataset, models, *item, *compared);
}

Result<Output> NeighboursCommand::hubs(const AskedModels& asked, const JobContext& job) const
{
    const auto model = requireItemVectors(asked.ready.models.front());
    if (!model)
        return tl::unexpected(model.error());
    const ItemMap map = mappedItems(*model);
    const auto hubness = hubsOf(map, m_count, job);
    if (!hubness)
        return tl::unexpected(hubness.error());
    return hubsOutput(*asked.data.dataset, asked.ready.models.front().choice.name, map, *hubness);
}

Result<Output> NeighboursCommand::measureIndex(const AskedModels& asked, const JobContext& job) const
{
    const auto model = requireItemVectors(asked.ready.models.front());
    if (!model)
        return tl::unexpected(model.error());
    const VectorSpace space = (*model)->itemSpace();
    const auto index = HnswIndex::build(space.vectors, space.metric, m_config, job.part(0, .5));
    if (!index)
        return tl::unexpected(index.error());
    const auto measured = measureTradeOff(*index, space.vectors, space.metric, m_count, comparedQueries,
                                          comparedCandidates, job.part(.5, 1));
    if (!measured)
        return tl::unexpected(measured.error());
    Json json = {{"dataset", datasetJson(*asked.data.dataset)},
                 {"model", asked.ready.models.front().choice.name},
                 {"n", m_count}};
    json["tradeOff"] = Json::array();
    TextTable table({"candidates", fmt::format("recall@{}", m_count), "queries/s"});
    for (const TradeOff& one : *measured) {
        json["tradeOff"].push_back(
            {{"candidates", one.candidates}, {"recall", one.recall}, {"queriesPerSecond", one.queriesPerSecond}});
        table.add({std::to_string(one.candidates), fmt::format("{:.4f}", one.recall),
                   fmt::format("{:.0f}", one.queriesPerSecond)});
    }
    return Output{dump(json), fmt::format("An index of {} vectors of {} numbers, {} links each\n\n", space.vectors.rows,
                                          space.vectors.cols, m_config.links) +
                                  table.text()};
}

} // namespace orrery::cli
