// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/neighbours_command.h"

#include "app/cli/json.h"
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

Result<VectorSpace> spaceOf(const ReadyModel& chosen)
{
    const ModelPtr model = chosen.recommender->model();
    if (!model || model->itemSpace().vectors.empty())
        return error(Code::Unsupported, fmt::format("'{}' has no vectors of items", chosen.choice.name),
                     "Ask a model that has, such as implicit-als, svd or lsa");
    return model->itemSpace();
}

std::string_view nameOf(SpaceMetric metric)
{
    switch (metric) {
    case SpaceMetric::Cosine: return "cosine";
    case SpaceMetric::Dot: return "dot product";
    case SpaceMetric::Euclidean: break;
    }
    return "minus the distance";
}

} // namespace

std::string_view NeighboursCommand::examples() const
{
    return "orrery-cli neighbours --data ml-latest-small --model implicit-als --item 260\n"
           "orrery-cli neighbours --data ml-latest-small --model lsa --item 260 --search hnsw --candidates 100 --json\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --compare";
}

void NeighboursCommand::declare(CLI::App& app)
{
    auto* item = app.add_option("--item", m_item, "Whose neighbours, by id")->type_name("ID");
    app.add_flag("--compare", m_compare, "Instead: what an index of these vectors finds, and how quickly")
        ->excludes(item);
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
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> NeighboursCommand::run(const Context& context)
{
    const auto asOf = momentFrom(m_asOf);
    if (!asOf)
        return tl::unexpected(asOf.error());
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    if (m_item.empty() && !m_compare)
        return error(Code::InvalidArgument, "Neighbours of what?", "Give --item ID, or --compare");
    const auto ready = makeAllReady(m_models, *data, *asOf, context.console, context.job.part(.2, .7));
    if (!ready)
        return tl::unexpected(ready.error());
    const auto& model = ready->models.front();
    return m_compare ? compare(*data->dataset, model, context.job.part(.7, 1))
                     : list(*data->dataset, model, context.job.part(.7, 1));
}

Result<Output> NeighboursCommand::list(const Dataset& dataset, const ReadyModel& model, const JobContext& job) const
{
    const auto item = requireItem(dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto space = spaceOf(model);
    if (!space)
        return tl::unexpected(space.error());
    if (item->value >= space->vectors.rows)
        return error(Code::NotFound, fmt::format("'{}' does not know this item", model.choice.name));
    const auto asked = space->vectors.row(item->value);
    std::vector<Near> near;
    if (m_search == "hnsw") {
        const auto index = HnswIndex::build(space->vectors, space->metric, m_config, job);
        if (!index)
            return tl::unexpected(index.error());
        near = index->nearest(asked, m_count, item->value);
    } else {
        auto exact = ExactSearch(space->vectors, space->metric).nearest(asked, m_count, job, item->value);
        if (!exact)
            return tl::unexpected(exact.error());
        near = std::move(*exact);
    }
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}, {"search", m_search}};
    json.update(itemJson(dataset, *item));
    json["similarity"] = nameOf(space->metric);
    json["neighbours"] = Json::array();
    TextTable table({"", "item", "id", std::string(nameOf(space->metric))});
    for (const Near& one : near) {
        Json row = itemJson(dataset, ItemIndex{one.row});
        row["similarity"] = number(one.similarity);
        json["neighbours"].push_back(std::move(row));
        table.add({std::to_string(json["neighbours"].size()), dataset.title(ItemIndex{one.row}),
                   std::string(dataset.itemIds().name(one.row)), fmt::format("{:.4f}", one.similarity)});
    }
    return Output{dump(json),
                  fmt::format("Nearest to {} by the vectors of {}\n\n", itemText(dataset, *item), model.choice.name) +
                      table.text()};
}

Result<Output> NeighboursCommand::compare(const Dataset& dataset, const ReadyModel& model, const JobContext& job) const
{
    const auto space = spaceOf(model);
    if (!space)
        return tl::unexpected(space.error());
    const auto index = HnswIndex::build(space->vectors, space->metric, m_config, job.part(0, .5));
    if (!index)
        return tl::unexpected(index.error());
    const auto measured = measureTradeOff(*index, space->vectors, space->metric, m_count, comparedQueries,
                                          comparedCandidates, job.part(.5, 1));
    if (!measured)
        return tl::unexpected(measured.error());
    Json json = {{"dataset", datasetJson(dataset)}, {"model", model.choice.name}, {"n", m_count}};
    json["tradeOff"] = Json::array();
    TextTable table({"candidates", fmt::format("recall@{}", m_count), "queries/s"});
    for (const TradeOff& one : *measured) {
        json["tradeOff"].push_back(
            {{"candidates", one.candidates}, {"recall", one.recall}, {"queriesPerSecond", one.queriesPerSecond}});
        table.add({std::to_string(one.candidates), fmt::format("{:.4f}", one.recall),
                   fmt::format("{:.0f}", one.queriesPerSecond)});
    }
    return Output{dump(json), fmt::format("An index of {} vectors of {} numbers, {} links each\n\n",
                                          space->vectors.rows, space->vectors.cols, m_config.links) +
                                  table.text()};
}

} // namespace orrery::cli
