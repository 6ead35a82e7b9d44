// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/neighbours_command.h"

#include "app/cli/neighbour_reports.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/data/telling_tags.h"
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
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --person 42\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --hubs\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --misplaced\n"
           "orrery-cli neighbours --data ml-latest-small --model implicit-als --compare";
}

void NeighboursCommand::declare(CLI::App& app)
{
    auto* item = app.add_option("--item", m_item, "Whose neighbours, by id")->type_name("ID");
    auto* person = app.add_option("--person", m_person, "Whose neighbours among the people, by id")
                       ->type_name("ID")
                       ->excludes(item);
    auto* hubs = app.add_flag("--hubs", m_hubs, "Instead: which items are everyone's neighbour, and which nobody's")
                     ->excludes(item)
                     ->excludes(person);
    auto* compare =
        app.add_flag("--compare", m_compare, "Instead: what an index of these vectors finds, and how quickly")
            ->excludes(item)
            ->excludes(person)
            ->excludes(hubs);
    app.add_flag("--misplaced", m_misplaced, "Instead: which items lie among others than their kind, told by tags")
        ->excludes(item)
        ->excludes(person)
        ->excludes(hubs)
        ->excludes(compare);
    app.add_flag("--people", m_people, "Of --hubs, --compare and --misplaced: people instead of items");
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
    const bool ofAll = m_compare || m_hubs || m_misplaced;
    if (m_item.empty() && m_person.empty() && !ofAll)
        return error(Code::InvalidArgument, "Neighbours of what?",
                     "Give --item ID, --person ID, --hubs, --misplaced or --compare");
    const bool two = m_models.count() == 2;
    if (m_models.count() > 2 || (two && ofAll))
        return error(Code::InvalidArgument, "There are too many models",
                     "Give one --model, or two to compare what they find similar to an --item or --person");
    if (two && m_search != "exact")
        return error(Code::InvalidArgument, "Two models are compared by what they find similar, without an index",
                     "Leave out --search");
    if (m_people && !ofAll)
        return error(Code::InvalidArgument, "--people goes with --hubs, --misplaced or --compare",
                     "Ask for --person ID instead");
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
    if (m_misplaced)
        return misplaced(*asked, job);
    return m_compare ? measureIndex(*asked, job) : m_hubs ? hubs(*asked, job) : list(*asked, job);
}

Result<ItemIndex> NeighboursCommand::askedRow(const Dataset& dataset) const
{
    if (m_person.empty())
        return requireItem(dataset, m_item);
    return requirePerson(dataset, m_person).map([](UserIndex user) { return ItemIndex{user.value}; });
}

Result<Output> NeighboursCommand::list(const AskedModels& asked, const JobContext& job) const
{
    const auto row = askedRow(*asked.data.dataset);
    if (!row)
        return tl::unexpected(row.error());
    const auto vectors = askedVectors(asked, !m_person.empty(), job.part(0, .2));
    if (!vectors)
        return tl::unexpected(vectors.error());
    const VectorSpace& space = vectors->map.space;
    if (row->value >= space.vectors.rows)
        return error(Code::NotFound, fmt::format("'{}' does not know {}", vectors->model,
                                                 vectors->ofPeople ? "this person" : "this item"));
    const auto found = m_search == "hnsw" ? nearestBy(m_config, space, row->value, m_count, job.part(.2, .8))
                                          : nearestBy(space, row->value, m_count, job.part(.2, .8));
    if (!found)
        return tl::unexpected(found.error());
    const auto terms = ItemTerms::count(vectors->rows, job.part(.8, 1));
    if (!terms)
        return tl::unexpected(terms.error());
    NeighbourList near{nameOf(space.metric), m_search, *row, {}, {}};
    std::vector<ItemIndex> items;
    for (const Near& one : *found) {
        near.near.push_back({ItemIndex{one.row}, one.similarity});
        items.push_back(ItemIndex{one.row});
    }
    near.common = inCommon(*vectors->train, *row, items);
    return neighboursOutput(*vectors, *terms, near);
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
    const auto vectors = askedVectors(asked, m_people, job.part(0, .2));
    if (!vectors)
        return tl::unexpected(vectors.error());
    const auto hubness = hubsOf(vectors->map, m_count, job.part(.2, 1));
    if (!hubness)
        return tl::unexpected(hubness.error());
    return hubsOutput(*vectors, *hubness);
}

Result<Output> NeighboursCommand::misplaced(const AskedModels& asked, const JobContext& job) const
{
    const auto vectors = askedVectors(asked, m_people, job.part(0, .2));
    if (!vectors)
        return tl::unexpected(vectors.error());
    const AttributeColumn* kinds = tellingTags(vectors->rows->items(), vectors->rows->itemCount());
    if (!kinds)
        return error(Code::Unsupported, "No tags say of which kind they are",
                     "Bring a file of items with tags, such as genres or categories");
    const TagColumn& tags = std::get<TagColumn>(kinds->data);
    const auto found = misplacedItems(vectors->map, tags, job.part(.2, 1));
    if (!found)
        return tl::unexpected(found.error());
    return misplacedOutput(*vectors, tags, *found);
}

Result<Output> NeighboursCommand::measureIndex(const AskedModels& asked, const JobContext& job) const
{
    const auto vectors = askedVectors(asked, m_people, job.part(0, .1));
    if (!vectors)
        return tl::unexpected(vectors.error());
    const VectorSpace& space = vectors->map.space;
    const auto index = HnswIndex::build(space.vectors, space.metric, m_config, job.part(.1, .5));
    if (!index)
        return tl::unexpected(index.error());
    const auto measured = measureTradeOff(*index, space.vectors, space.metric, m_count, comparedQueries,
                                          comparedCandidates, job.part(.5, 1));
    if (!measured)
        return tl::unexpected(measured.error());
    Json json = vectorsJson(*vectors);
    json["n"] = m_count;
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
