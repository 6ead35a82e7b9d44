// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/neighbour_reports.h"

#include "app/cli/text_table.h"
#include "core/base/words.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr std::size_t shownWords = 3, shownExtremes = 20;

/// Words of both that are no tags, those of the fewest items first.
std::vector<std::string> commonWords(const ItemTerms& terms, ItemIndex item, ItemIndex other)
{
    std::vector<std::string> words;
    for (const std::uint32_t term : terms.inCommon(item.value, other.value))
        if (!terms.isTag(term))
            words.push_back(terms.word(term));
    return words;
}

Json overlapJson(const Overlap& overlap)
{
    return {{"both", overlap.both},
            {"item", overlap.first},
            {"neighbour", overlap.second},
            {"people", overlap.all},
            {"lift", overlap.lift()}};
}

Json commonJson(const InCommon& common, const std::vector<std::string>& words)
{
    Json attributes = Json::object();
    for (const CommonAttribute& attribute : common.attributes)
        attributes[attribute.name] = attribute.values;
    return {{"attributes", attributes},
            {"words", words},
            {"used", overlapJson(common.used)},
            {"liked", overlapJson(common.liked)}};
}

/// genres Crime, Drama; year 1990s; "space"
std::string commonText(const InCommon& common, std::vector<std::string> words)
{
    std::vector<std::string> said;
    for (const CommonAttribute& attribute : common.attributes)
        said.push_back(fmt::format("{} {}", attribute.name, fmt::join(attribute.values, ", ")));
    words.resize(std::min(words.size(), shownWords));
    for (const std::string& word : words)
        said.push_back(fmt::format("\"{}\"", word));
    return fmt::format("{}", fmt::join(said, "; "));
}

std::string liftText(const Overlap& overlap)
{
    return std::isnan(overlap.lift()) ? std::string() : fmt::format("{:.2f}", overlap.lift());
}

/// What is compared, for both kinds.
struct Named {
    Json json;
    std::string text;               ///< in a sentence
    std::vector<std::string> cells; ///< as headersOf() its kind
};

std::vector<std::string> headersOf(ItemIndex) { return {"", "item", "id"}; }
std::vector<std::string> headersOf(UserIndex) { return {"", "person"}; }

Named named(const Dataset& dataset, ItemIndex item)
{
    return {itemJson(dataset, item),
            itemText(dataset, item),
            {dataset.title(item), std::string(dataset.itemIds().name(item.value))}};
}

Named named(const Dataset& dataset, UserIndex person)
{
    const std::string name = dataset.personName(person);
    return {{{"person", name}}, name, {name}};
}

Json placesJson(const NeighbourPlace& first, const NeighbourPlace& second)
{
    const auto rank = [](const NeighbourPlace& place) { return place.rank == 0 ? Json() : Json(place.rank); };
    return {{"ranks", {rank(first), rank(second)}},
            {"similarities", {number(first.similarity), number(second.similarity)}}};
}

template <class Index> struct ComparisonPart {
    std::string_view name;
    const std::vector<ComparedNeighbour<Index>>& neighbours;
};

std::string rankText(const NeighbourPlace& place) { return place.rank == 0 ? "-" : std::to_string(place.rank); }

std::string similarityText(const NeighbourPlace& place)
{
    return place.rank == 0 ? "-" : fmt::format("{:.4f}", place.similarity);
}

std::vector<std::string> cellsOf(std::string_view part, const Named& who, const NeighbourPlace& first,
                                 const NeighbourPlace& second)
{
    std::vector<std::string> cells{std::string(part)};
    cells.insert(cells.end(), who.cells.begin(), who.cells.end());
    for (const auto* place : {&first, &second}) {
        cells.push_back(rankText(*place));
        cells.push_back(similarityText(*place));
    }
    return cells;
}

template <class Index> Output outputOf(const Dataset& dataset, const ComparedModels& models, Index whose,
                                       const NeighbourComparison<Index>& compared)
{
    const Named asked = named(dataset, whose);
    Json json = {{"dataset", datasetJson(dataset)}, {"models", models.names}};
    json.update(asked.json);
    json["n"] = models.n;
    json["jaccard"] = compared.jaccard();
    auto headers = headersOf(whose);
    headers.insert(headers.end(), {"rank 1", "similarity 1", "rank 2", "similarity 2"});
    TextTable table(std::move(headers));
    for (const auto& [part, neighbours] :
         {ComparisonPart<Index>{"shared", compared.shared}, {"gained", compared.gained}, {"lost", compared.lost}}) {
        Json& rows = json[std::string(part)] = Json::array();
        for (const auto& one : neighbours) {
            const Named who = named(dataset, one.who);
            rows.push_back(who.json);
            rows.back().update(placesJson(one.first, one.second));
            table.add(cellsOf(part, who, one.first, one.second));
        }
    }
    const std::string head = fmt::format("Most similar to {}, by {} (1) and {} (2): {} shared, {} gained, {} lost\n\n",
                                         asked.text, models.names[0], models.names[1], compared.shared.size(),
                                         compared.gained.size(), compared.lost.size());
    return {dump(json), head + table.text()};
}

Json occurrencesJson(const AskedVectors& vectors, const Hubness& hubness, const std::vector<std::uint32_t>& points)
{
    Json rows = Json::array();
    for (const std::uint32_t point : points) {
        rows.push_back(itemJson(*vectors.rows, vectors.map.items[point]));
        rows.back()["occurrences"] = hubness.occurrences[point];
    }
    return rows;
}

/// The first of them, with how many there are.
std::string occurrencesText(const AskedVectors& vectors, const Hubness& hubness,
                            const std::vector<std::uint32_t>& points, std::string_view what)
{
    const Dataset& dataset = *vectors.rows;
    const std::vector<ItemIndex>& items = vectors.map.items;
    TextTable table({std::string(what), "id", "neighbour of"});
    for (std::size_t i = 0; i < std::min(points.size(), shownExtremes); ++i)
        table.add({dataset.title(items[points[i]]), std::string(dataset.itemIds().name(items[points[i]].value)),
                   std::to_string(hubness.occurrences[points[i]])});
    const std::string more = points.size() > shownExtremes
                                 ? fmt::format("and {} more\n", grouped(points.size() - shownExtremes))
                                 : std::string();
    return table.text() + more;
}

} // namespace

Output neighboursOutput(const AskedVectors& vectors, const ItemTerms& terms, const NeighbourList& list)
{
    const Dataset& dataset = *vectors.rows;
    Json json = vectorsJson(vectors);
    json["search"] = list.search;
    json.update(itemJson(dataset, list.item));
    json["similarity"] = list.measure;
    json["neighbours"] = Json::array();
    TextTable table({"", "item", "id", std::string(list.measure), "both", "lift", "in common"});
    for (std::size_t i = 0; i < list.near.size(); ++i) {
        const auto [item, similarity] = list.near[i];
        const auto words = commonWords(terms, list.item, item);
        Json row = itemJson(dataset, item);
        row["similarity"] = number(similarity);
        row["inCommon"] = commonJson(list.common[i], words);
        json["neighbours"].push_back(std::move(row));
        table.add({std::to_string(i + 1), dataset.title(item), std::string(dataset.itemIds().name(item.value)),
                   fmt::format("{:.4f}", similarity), std::to_string(list.common[i].used.both),
                   liftText(list.common[i].used), commonText(list.common[i], words)});
    }
    return {dump(json),
            fmt::format("Nearest to {} by the vectors of {}\n\n", itemText(dataset, list.item), vectors.model) +
                table.text()};
}

Output comparisonOutput(const Dataset& dataset, const ComparedModels& models, ItemIndex item,
                        const NeighbourComparison<ItemIndex>& compared)
{
    return outputOf(dataset, models, item, compared);
}

Output comparisonOutput(const Dataset& dataset, const ComparedModels& models, UserIndex person,
                        const NeighbourComparison<UserIndex>& compared)
{
    return outputOf(dataset, models, person, compared);
}

Output hubsOutput(const AskedVectors& vectors, const Hubness& hubness)
{
    Json json = vectorsJson(vectors);
    json.update({{"n", hubness.count},
                 {"items", vectors.map.items.size()},
                 {"skewness", hubness.skewness},
                 {"deviation", hubness.deviation},
                 {"hubs", occurrencesJson(vectors, hubness, hubness.hubs)},
                 {"orphans", occurrencesJson(vectors, hubness, hubness.orphans)}});
    const std::string head =
        fmt::format("Among the {} nearest of other {}, by the vectors of {}: skewness {:.2f}, {}, {}\n\n",
                    hubness.count, vectors.ofPeople ? "people" : "items", vectors.model, hubness.skewness,
                    counted(hubness.hubs.size(), "hub"), counted(hubness.orphans.size(), "orphan"));
    return {dump(json), head + occurrencesText(vectors, hubness, hubness.hubs, "hub") + "\n" +
                            occurrencesText(vectors, hubness, hubness.orphans, "orphan")};
}

Output misplacedOutput(const AskedVectors& vectors, const TagColumn& tags, const Misplacement& found)
{
    const auto names = [&tags](std::span<const std::uint32_t> row) {
        std::vector<std::string> words;
        for (const std::uint32_t tag : row)
            words.emplace_back(tags.vocabulary.name(tag));
        return words;
    };
    Json json = vectorsJson(vectors);
    json["neighbours"] = found.neighbours;
    json["misplaced"] = Json::array();
    TextTable table({"", "id", "is", "among", "alike", "of all"});
    for (const Misplaced& one : found.worst) {
        Json row = itemJson(*vectors.rows, one.item);
        row.update({{"tags", names(tags.row(one.item.value))},
                    {"around", names(one.around)},
                    {"alike", one.alike},
                    {"share", one.share},
                    {"chance", one.chance}});
        json["misplaced"].push_back(std::move(row));
        table.add({vectors.rows->title(one.item), std::string(vectors.rows->itemIds().name(one.item.value)),
                   fmt::format("{}", fmt::join(names(tags.row(one.item.value)), ", ")),
                   fmt::format("{}", fmt::join(names(one.around), ", ")),
                   fmt::format("{} of {}", one.alike, found.neighbours), fmt::format("{:.0f} %", 100 * one.share)});
    }
    return {dump(json), fmt::format("By the vectors of {}, {} misplaced\n\n", vectors.model,
                                    counted(found.worst.size(), vectors.ofPeople ? "person is" : "item is",
                                            vectors.ofPeople ? "people are" : "items are")) +
                            table.text()};
}

} // namespace orrery::cli
