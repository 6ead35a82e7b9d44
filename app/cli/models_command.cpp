// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/models_command.h"

#include "app/cli/algorithm_text.h"
#include "app/cli/data_options.h"
#include "app/cli/json.h"
#include "app/cli/text_table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

// A switch and no table: the compiler misses a type that is new.
std::string_view nameOf(ParamType type)
{
    switch (type) {
    case ParamType::Boolean: return "boolean";
    case ParamType::Integer: return "integer";
    case ParamType::Real: return "real";
    case ParamType::Choice: return "choice";
    case ParamType::Text: return "text";
    }
    return {};
}

Json paramJson(const ParamSpec& spec)
{
    Json out = {{"id", spec.id},
                {"title", spec.title},
                {"help", spec.help},
                {"type", nameOf(spec.type)},
                {"default", valueJson(spec.fallback)}};
    if (spec.type == ParamType::Integer || spec.type == ParamType::Real) {
        out["low"] = spec.low;
        out["high"] = spec.high;
        out["scale"] = spec.scale == ParamScale::Logarithmic ? "logarithmic" : "linear";
    }
    if (spec.type == ParamType::Text)
        out["format"] = spec.format;
    for (const auto& choice : spec.choices)
        out["choices"].push_back({{"id", choice.id}, {"title", choice.title}});
    out["advanced"] = spec.advanced;
    return out;
}

Json algorithmJson(const Algorithm& algorithm)
{
    Json out = {{"id", algorithm.id},
                {"title", algorithm.title},
                {"family", algorithm.family},
                {"summary", algorithm.summary},
                {"whenToUse", algorithm.whenToUse},
                {"paper", algorithm.paper},
                {"fallback", algorithm.fallback},
                {"seeded", algorithm.seeded}};
    out["can"] = {{"whatIf", algorithm.can.whatIf},
                  {"explain", algorithm.can.explains},
                  {"similarItems", algorithm.can.similarItems},
                  {"ratings", algorithm.can.ratings},
                  {"personal", algorithm.can.personal},
                  {"reason", algorithm.can.reason}};
    out["parameters"] = Json::array();
    for (const auto& spec : algorithm.params)
        out["parameters"].push_back(paramJson(spec));
    return out;
}

Json rowJson(const ModelRow& row)
{
    return {{"id", row.id},
            {"name", row.name},
            {"algorithm", row.algorithm},
            {"parameters", row.paramsJson.empty() ? Json::object() : Json::parse(row.paramsJson, nullptr, false)},
            {"seed", row.seed},
            {"trainedOn", row.trainedOn},
            {"asOf", timeJson(row.asOf)},
            {"seconds", row.seconds},
            {"build", row.build},
            {"createdAt", row.createdAt}};
}

std::string rowsText(const std::vector<ModelRow>& rows)
{
    TextTable table({"number", "name", "algorithm", "trained on", "seconds", "created"});
    for (const auto& row : rows)
        table.add({std::to_string(row.id), row.name, row.algorithm, row.trainedOn, fmt::format("{:.2f}", row.seconds),
                   row.createdAt});
    return table.empty() ? "The workspace holds no models.\n" : table.text();
}

Result<std::vector<ModelRow>> storedModels(const std::string& file, const std::string& dataset)
{
    const auto workspace = Workspace::open(file);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto row = findDataset(*workspace, dataset);
    if (!row)
        return tl::unexpected(row.error());
    return workspace->models(row->id);
}

} // namespace

std::string_view ModelsCommand::examples() const
{
    return "orrery-cli models\n"
           "orrery-cli models svd\n"
           "orrery-cli models --workspace w.orrery";
}

void ModelsCommand::declare(CLI::App& app)
{
    app.add_option("id", m_id, "One algorithm, explained")->type_name("ID");
    auto* workspace =
        app.add_option("--workspace", m_workspace, "List the models that this workspace holds")->type_name("FILE");
    app.add_option("--dataset", m_dataset, "Of which dataset, by name or number; the newest otherwise")
        ->type_name("NAME")
        ->needs(workspace);
}

Result<Output> ModelsCommand::run(const Context& /*context*/)
{
    Json json;
    json["algorithms"] = Json::array();
    if (!m_id.empty()) {
        auto algorithm = requireAlgorithm(m_id);
        if (!algorithm) {
            algorithm.error().code = Code::InvalidArgument;
            return tl::unexpected(algorithm.error());
        }
        json["algorithms"].push_back(algorithmJson(**algorithm));
        return Output{dump(json), algorithmHelp(**algorithm)};
    }
    for (const auto& algorithm : catalogue())
        json["algorithms"].push_back(algorithmJson(algorithm));
    if (m_workspace.empty())
        return Output{dump(json), catalogueText()};
    const auto rows = storedModels(m_workspace, m_dataset);
    if (!rows)
        return tl::unexpected(rows.error());
    json["stored"] = Json::array();
    for (const auto& row : *rows)
        json["stored"].push_back(rowJson(row));
    return Output{dump(json), rowsText(*rows)};
}

} // namespace orrery::cli
