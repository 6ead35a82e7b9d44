// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_command.h"

#include "app/cli/asked_vectors.h"
#include "app/cli/person_options.h"
#include "app/cli/text_table.h"
#include "core/projection/item_map.h"

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
};

Result<Mapped> mapped(const AskedVectors& vectors, const ProjectionMethod& method, const ParamSet& params,
                      std::size_t regions, const JobContext& job)
{
    Mapped out{vectors.map, 0, {}};
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
    auto named = namedRegions(out.map, *terms, regions, job.part(.95, 1));
    if (!named)
        return tl::unexpected(named.error());
    out.regions = std::move(*named);
    return out;
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
        json["items"].push_back(std::move(one));
    }
    return json;
}

std::string mapText(const Dataset& dataset, const Mapped& found)
{
    TextTable regions({"region", "x", "y"});
    for (const NamedRegion& region : found.regions)
        regions.add({region.words, fmt::format("{:.3f}", region.at.x), fmt::format("{:.3f}", region.at.y)});
    TextTable items({"", "id", "x", "y"});
    for (std::uint32_t point = 0; point < found.map.items.size(); ++point) {
        const ItemIndex item = found.map.items[point];
        const MapPoint at = found.map.grid->point(point);
        items.add({dataset.title(item), std::string(dataset.itemIds().name(item.value)), fmt::format("{:.3f}", at.x),
                   fmt::format("{:.3f}", at.y)});
    }
    return fmt::format("trust {:.3f}\n\n", found.trust) + regions.text() + "\n" + items.text();
}

} // namespace

std::string_view ProjectCommand::examples() const
{
    return "orrery-cli project --data ml-latest-small --model implicit-als --method umap --json\n"
           "orrery-cli project --workspace films.orrery --model SVD --method pca";
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
    const auto asked = openAndMakeReady(m_data, m_models, m_asOf, context, .5);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto vectors = askedVectors(*asked, m_people, context.job.part(.5, .55));
    if (!vectors)
        return tl::unexpected(vectors.error());
    const auto found = mapped(*vectors, **method, *params, m_regions, context.job.part(.55, 1));
    if (!found)
        return tl::unexpected(found.error());
    Json json = vectorsJson(*vectors);
    json["method"] = (*method)->id;
    json.update(mapJson(*vectors->rows, *found));
    return Output{dump(json), fmt::format("Map of the {} of {} by {}, ", m_people ? "people" : "items", vectors->model,
                                          (*method)->title) +
                                  mapText(*vectors->rows, *found)};
}

} // namespace orrery::cli
