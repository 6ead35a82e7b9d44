// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/fields.h"
#include "core/data/import_recipe.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::ordered_json;

constexpr int recipeVersion = 1;
constexpr std::size_t mostRecipeEntries = 10'000;

Json fixesJson(const KeyFixes& chosen)
{
    Json out = Json::array();
    for (const KeyFix fix : keyFixes)
        if (chosen[fix])
            out.push_back(idOf(fix));
    return out;
}

Json tableJson(const RecipeTable& table)
{
    Json json = {{"use", idOf(table.use)}, {"files", table.files}};
    if (table.use == TableUse::Ignore)
        return json;
    json["separator"] = table.separator;
    json["header"] = table.header;
    if (!table.header)
        json["columnCount"] = table.columnCount;
    for (const RecipeColumn& column : table.columns) {
        Json one = {{"column", column.header}, {"role", idOf(column.role)}};
        if (column.decimalComma)
            one["decimalComma"] = true;
        if (column.dates != DateOrder::YearFirst)
            one["dates"] = idOf(column.dates);
        json["columns"].push_back(std::move(one));
    }
    return json;
}

std::string badRowsText(const ImportRecipe& recipe)
{
    return recipe.badRows == BadRows::Skip   ? "skip"
           : recipe.badRows == BadRows::Stop ? "stop"
                                             : std::to_string(recipe.badRowLimit);
}

/// Reads one object; the first thing that is wrong is kept.
class Reading {
public:
    explicit Reading(const Json& json) : m_json(json) {}

    ImportRecipe run()
    {
        ImportRecipe recipe;
        if (!m_json.is_object() || !m_json.contains("orreryImportRecipe")) {
            m_problem = "it does not say that it is one";
            return recipe;
        }
        if (number(m_json, "orreryImportRecipe", 0) != recipeVersion)
            m_problem = "it is of a newer version";
        for (const Json& table : list(m_json, "tables"))
            recipe.tables.push_back(readTable(table));
        readOptions(recipe.options);
        readRest(recipe);
        return recipe;
    }
    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    const Json& list(const Json& json, const char* key)
    {
        static const Json none = Json::array();
        const auto found = json.find(key);
        if (found == json.end())
            return none;
        if (found->is_array() && found->size() <= mostRecipeEntries)
            return *found;
        fail(fmt::format("'{}' is no list", key));
        return none;
    }

    std::string text(const Json& json, const char* key, const std::string& otherwise = {})
    {
        const auto found = json.find(key);
        if (found == json.end())
            return otherwise;
        return textIn(*found, key);
    }

    std::string textIn(const Json& value, const char* key)
    {
        if (value.is_string())
            return value.get<std::string>();
        fail(fmt::format("'{}' is no text", key));
        return {};
    }

    bool flag(const Json& json, const char* key, bool otherwise)
    {
        const auto found = json.find(key);
        if (found == json.end() || found->is_boolean())
            return found == json.end() ? otherwise : found->get<bool>();
        fail(fmt::format("'{}' is neither true nor false", key));
        return otherwise;
    }

    std::size_t number(const Json& json, const char* key, std::size_t otherwise)
    {
        const auto found = json.find(key);
        if (found == json.end() || found->is_number_unsigned())
            return found == json.end() ? otherwise : found->get<std::size_t>();
        fail(fmt::format("'{}' is no whole number", key));
        return otherwise;
    }

    template <class T> T take(Result<T> read, T otherwise)
    {
        if (read)
            return std::move(*read);
        fail(read.error().message);
        return otherwise;
    }

    RecipeTable readTable(const Json& json)
    {
        RecipeTable table;
        if (!json.is_object()) {
            fail("a table of it is no object");
            return table;
        }
        table.use = take(tableUseFrom(text(json, "use", "ignore")), TableUse::Ignore);
        for (const Json& name : list(json, "files"))
            table.files.push_back(textIn(name, "files"));
        table.separator = text(json, "separator", ",");
        table.header = flag(json, "header", true);
        table.columnCount = number(json, "columnCount", 0);
        for (const Json& column : list(json, "columns")) {
            if (!column.is_object()) {
                fail("a column of it is no object");
                continue;
            }
            table.columns.push_back({text(column, "column"),
                                     take(columnRoleFrom(text(column, "role")), ColumnRole::Ignore),
                                     flag(column, "decimalComma", false),
                                     take(dateOrderFrom(text(column, "dates", "year-first")), DateOrder::YearFirst)});
        }
        return table;
    }

    void readFixes(const char* key, KeyFixes& fixes)
    {
        for (const Json& fix : list(m_json, key))
            fixes[take(keyFixFrom(textIn(fix, key)), KeyFix::Trim)] = true;
    }

    void readOptions(JoinOptions& options)
    {
        readFixes("itemFixes", options.itemFixes);
        readFixes("personFixes", options.personFixes);
        options.variants = take(variantsFrom(text(m_json, "variants", "apart")), Variants::Apart);
        const std::string returns = text(m_json, "returns", "keep");
        if (returns == "net" || returns == "drop")
            options.returns = returns == "net" ? Returns::Net : Returns::Drop;
        else if (returns != "keep")
            fail(fmt::format("'returns' is '{}', not net, drop or keep", returns));
        for (const Json& id : list(m_json, "leftOut"))
            options.leftOut.push_back(textIn(id, "leftOut"));
    }

    void readRest(ImportRecipe& recipe)
    {
        const std::string feedback = text(m_json, "feedback", "guess");
        if (feedback == "explicit" || feedback == "implicit")
            recipe.feedback = feedback == "explicit" ? Feedback::Explicit : Feedback::Implicit;
        else if (feedback != "guess")
            fail(fmt::format("'feedback' is '{}', not explicit, implicit or guess", feedback));
        if (m_json.contains("kindWeights"))
            recipe.kindWeights = take(kindWeightsFrom(text(m_json, "kindWeights")), KindWeights());
        const std::string bad = text(m_json, "badRows", "skip");
        const auto limit = reading::plainNumber(bad, 1'000'000'000);
        recipe.badRows = bad == "skip" ? BadRows::Skip : bad == "stop" ? BadRows::Stop : BadRows::StopAfter;
        if (limit)
            recipe.badRowLimit = *limit;
        else if (recipe.badRows == BadRows::StopAfter)
            fail(fmt::format("'badRows' is '{}', not skip, stop or a number", bad));
    }

    void fail(std::string problem)
    {
        if (m_problem.empty())
            m_problem = std::move(problem);
    }

    const Json& m_json;
    std::string m_problem;
};

} // namespace

std::string toJson(const ImportRecipe& recipe)
{
    Json json = {{"orreryImportRecipe", recipeVersion}, {"tables", Json::array()}};
    for (const RecipeTable& table : recipe.tables)
        json["tables"].push_back(tableJson(table));
    json["itemFixes"] = fixesJson(recipe.options.itemFixes);
    json["personFixes"] = fixesJson(recipe.options.personFixes);
    json["variants"] = idOf(recipe.options.variants);
    json["returns"] = !recipe.options.returns ? "keep" : *recipe.options.returns == Returns::Net ? "net" : "drop";
    json["leftOut"] = recipe.options.leftOut;
    if (recipe.feedback)
        json["feedback"] = *recipe.feedback == Feedback::Explicit ? "explicit" : "implicit";
    if (recipe.kindWeights)
        json["kindWeights"] = textOf(*recipe.kindWeights);
    json["badRows"] = badRowsText(recipe);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<ImportRecipe> recipeFromJson(std::string_view json)
{
    const Json parsed = Json::parse(json, nullptr, false);
    Reading reading(parsed);
    ImportRecipe recipe = reading.run();
    if (reading.problem().empty())
        return recipe;
    return error(Code::BadFile, "This is no recipe for an import: " + reading.problem(),
                 "Save one with an import of several tables");
}

} // namespace orrery
