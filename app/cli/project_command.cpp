// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_command.h"

#include "app/cli/asked_vectors.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/projection/item_clusters.h"
#include "core/projection/planted_match.h"

#include <charconv>

#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

std::vector<std::string> methodIds()
{
    std::vector<std::string> ids;
    for (const ProjectionMethod& method : projectionMethods())
        ids.push_back(method.id);
    return ids;
}

/// A map and what is said of it.
struct Mapped {
    ItemMap map;
    double trust = 0; ///< NaN where there are too few items
    std::vector<NamedRegion> regions;
    std::optional<AttributeColumn> clusters;
    std::optional<PlantedComparison> planted;
};

/// A number of groups, or "density". Errors: InvalidArgument.
Result<ClusterPlan> clusterPlan(const std::string& text)
{
    if (text == "density")
        return ClusterPlan{.by = ClusterPlan::By::Density};
    ClusterPlan plan;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), plan.clusters);
    if (failed == std::errc() && end == text.data() + text.size() && plan.clusters >= 2)
        return plan;
    return error(Code::InvalidArgument, fmt::format("'{}' is no number of clusters", text),
                 "Give 2 or more, or 'density' for as many as there are dense places");
}

Result<Mapped> mapped(const AskedVectors& vectors, const ProjectionMethod& method, const ParamSet& params,
                      std::size_t regions, const std::optional<ClusterPlan>& clusters, const JobContext& job)
{
    Mapped out{vectors.map, 0, {}, {}, {}};
    const Matrix rows = vectorsOf(out.map);
    const auto layout = project(method, {rows.view(), out.map.space.metric}, params, job.part(0, .8));
    if (!layout)
        return tl::unexpected(layout.error());
    out.map = placed(std::move(out.map), *layout);
    const auto trust = trustOf(out.map, job.part(.8, .9));
    if (!trust && trust.error().code == Code::Cancelled)
        return tl::unexpected(trust.error());
    out.trust = trust.value_or(std::numeric_limits<double>::quiet_NaN());
    const auto terms = ItemTerms::count(vectors.rows, job.part(.9, .95));
    if (!terms)
        return tl::unexpected(terms.error());
    auto named = namedRegions(out.map, *terms, regions, job.part(.95, .97));
    if (!named)
        return tl::unexpected(named.error());
    out.regions = std::move(*named);
    if (!clusters)
        return out;
    auto column = clusterColumn(out.map, *terms, *clusters, "Clusters of " + vectors.model, job.part(.97, 1));
    if (!column)
        return tl::unexpected(column.error());
    out.clusters = std::move(*column);
    return out;
}

std::string clusterOf(const Mapped& found, ItemIndex item)
{
    const auto& tags = std::get<TagColumn>(found.clusters->data);
    const auto row = tags.row(item.value);
    return row.empty() ? std::string() : std::string(tags.vocabulary.name(row.front()));
}

Json plantedJson(const PlantedItems& planted, const PlantedComparison& found)
{
    Json json = {{"explained", found.meanExplained}, {"items", found.items}, {"dimensions", Json::array()}};
    for (const PlantedMatch& match : found.matches)
        json["dimensions"].push_back({{"name", planted.dimensions[match.dimension]},
                                      {"factor", match.factor + 1},
                                      {"r", match.r},
                                      {"explained", found.explained[match.dimension]}});
    return json;
}

std::string plantedText(const PlantedItems& planted, const PlantedComparison& found)
{
    TextTable table({"planted", "factor", "r", "explained"});
    for (const PlantedMatch& match : found.matches)
        table.add({planted.dimensions[match.dimension], std::to_string(match.factor + 1),
                   fmt::format("{:.2f}", match.r), fmt::format("{:.2f}", found.explained[match.dimension])});
    return fmt::format("of what was planted the factors explain {:.2f} (adjusted R2, mean of {})\n\n",
                       found.meanExplained, counted(planted.dimensions.size(), "dimension")) +
           table.text() + "\n";
}

Json mapJson(const Dataset& dataset, const Mapped& found)
{
    Json json = {{"trust", found.trust}, {"regions", Json::array()}, {"items", Json::array()}};
    for (const NamedRegion& region : found.regions)
        json["regions"].push_back({{"name", region.words}, {"x", number(region.at.x)}, {"y", number(region.at.y)}});
    for (std::uint32_t point = 0; point < found.map.items.size(); ++point) {
        Json one = itemJson(dataset, found.map.items[point]);
        const MapPoint at = found.map.grid->point(point);
        one["x"] = number(at.x);
        one["y"] = number(at.y);
        if (found.clusters)
            one["cluster"] = clusterOf(found, found.map.items[point]);
        json["items"].push_back(std::move(one));
    }
    return json;
}

std::string mapText(const Dataset& dataset, const Mapped& found)
{
    TextTable regions({"region", "x", "y"});
    for (const NamedRegion& region : found.regions)
        regions.add({region.words, fmt::format("{:.3f}", region.at.x), fmt::format("{:.3f}", region.at.y)});
    std::vector<std::string> headings = {"", "id", "x", "y"};
    if (found.clusters)
        headings.emplace_back("cluster");
    TextTable items(headings);
    for (std::uint32_t point = 0; point < found.map.items.size(); ++point) {
        const ItemIndex item = found.map.items[point];
        const MapPoint at = found.map.grid->point(point);
        std::vector<std::string> cells = {dataset.title(item), std::string(dataset.itemIds().name(item.value)),
                                          fmt::format("{:.3f}", at.x), fmt::format("{:.3f}", at.y)};
        if (found.clusters)
            cells.push_back(clusterOf(found, item));
        items.add(cells);
    }
    return fmt::format("trust {:.3f}\n\n", found.trust) + regions.text() + "\n" + items.text();
}

} // namespace

std::string_view ProjectCommand::examples() const
{
    return "orrery-cli project --data ml-latest-small --model implicit-als --method umap --json\n"
           "orrery-cli project --workspace films.orrery --model SVD --method pca --clusters 12 --keep";
}

void ProjectCommand::declare(CLI::App& app)
{
    app.add_option("--method", m_method, "How vectors are brought onto the map")
        ->capture_default_str()
        ->check(CLI::IsMember(methodIds()));
    app.add_option("--method-set", m_settings, "A parameter of the method; may be repeated")->type_name("NAME=VALUE");
    app.add_flag("--people", m_people, "The people of the model instead of its items");
    app.add_option("--regions", m_regions, "At most so many regions are named")
        ->capture_default_str()
        ->check(CLI::Range(0, 1000).description(""));
    auto* clusters = app.add_option("--clusters", m_clusters,
                                    "Put them into so many groups by their vectors (k-means), or by 'density'")
                         ->type_name("N|density");
    app.add_flag("--keep", m_keep, "Keep the clusters of items in the workspace, as a column of the catalog")
        ->needs(clusters);
    declareAsOf(app, m_asOf);
    m_models.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> ProjectCommand::run(const Context& context)
{
    const auto method = requireProjection(m_method);
    if (!method)
        return tl::unexpected(method.error());
    const auto params = parseAssignments((*method)->params, m_settings);
    if (!params)
        return tl::unexpected(params.error());
    std::optional<ClusterPlan> clusters;
    if (!m_clusters.empty()) {
        const auto plan = clusterPlan(m_clusters);
        if (!plan)
            return tl::unexpected(plan.error());
        clusters = *plan;
    }
    if (m_keep && (m_people || !m_data.stores()))
        return error(Code::InvalidArgument, "There is no workspace to keep these clusters in",
                     "Name one with --workspace FILE; only clusters of items are kept");
    auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .5);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto vectors = askedVectors(*asked, m_people, context.job.part(.5, .55));
    if (!vectors)
        return tl::unexpected(vectors.error());
    auto found = mapped(*vectors, **method, *params, m_regions, clusters, context.job.part(.55, 1));
    if (!found)
        return tl::unexpected(found.error());
    if (m_keep)
        if (const auto kept =
                m_data.store(asked->data, [&](Workspace& workspace,
                                              DatasetId id) { return workspace.setDerived(id, *found->clusters); });
            !kept)
            return tl::unexpected(kept.error());
    const auto planted = asked->data.planted;
    if (planted && !m_people)
        // Where there are too few items for so many factors, nothing is said of it.
        if (auto compared = comparePlanted(found->map.space.vectors, *planted, context.job))
            found->planted = std::move(*compared);
    Json json = vectorsJson(*vectors);
    json["method"] = (*method)->id;
    if (found->planted)
        json["planted"] = plantedJson(*planted, *found->planted);
    json.update(mapJson(*vectors->rows, *found));
    return Output{dump(json), (found->planted ? plantedText(*planted, *found->planted) : "") +
                                  fmt::format("Map of the {} of {} by {}, ", m_people ? "people" : "items",
                                              vectors->model, (*method)->title) +
                                  mapText(*vectors->rows, *found)};
}

} // namespace orrery::cli
