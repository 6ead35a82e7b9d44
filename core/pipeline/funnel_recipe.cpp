// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_recipe.h"

#include "core/params/json_depth.h"
#include "core/params/param_table.h"
#include "core/ranking/gbdt.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view formatKey = "orrery-funnel";
constexpr int formatVersion = 1;
constexpr std::size_t longestFile = 2 << 20, longestName = 1000;

Status anyName(std::string_view name)
{
    if (name.size() <= longestName)
        return {};
    return error(Code::InvalidArgument, "The name of a model is longer than 1,000 bytes");
}

const ParamTable<SourceChoice>& sourceTable()
{
    using S = SourceChoice;
    static const auto table =
        ParamTable<S>{}
            .choice("source", "Source", "Who proposes items", &S::kind,
                    {{"model", "A model"},
                     {"recent", "A model, by the newest entries"},
                     {"popular", "Most used"},
                     {"trending", "Trending"},
                     {"exploring", "Seldom used, by chance"}})
            .text("model", "Model", "Name of a model of the workspace", &S::model, "a name", anyName)
            .flag("on", "On", "Off: it is not asked", &S::on)
            .number("weight", "Weight", "How much its order counts in the merged order", &S::weight, 0, 100)
            .number("most", "Items", "How many it may propose; 200 is usual", &S::most, 1, 10'000)
            .number("newest", "Newest entries", "Of the history, that 'recent' goes by", &S::newest, 1, 100)
            .choice(
                "search", "Search", "How a model's items are looked through", &S::search,
                {{"auto", "As fits"}, {"exact", "Exact vectors"}, {"hnsw", "Graph (HNSW)"}, {"score", "All scores"}})
            .advanced();
    return table;
}

/// What funnelParams() declare, flat as tables are.
struct Settings {
    MergeBy mergeBy = MergeBy::ReciprocalRank;
    int keep = FunnelRecipe{}.keep;
    bool again = false;
    RankBy rankBy = RankBy::Merged;
    std::string rankModel;
    double relevance = Objectives{}.relevance;
    double click = 0, cart = 0, purchase = 0, margin = 0, diversity = 0, sellers = 0;
    double retrieveBudget = 0, rankBudget = 0;
};

const ParamTable<Settings>& settingsTable()
{
    using S = Settings;
    static const auto table =
        ParamTable<S>{}
            .choice("merge", "Merge", "How the lists of the sources become one", &S::mergeBy,
                    {{"reciprocal-rank", "By places (reciprocal rank fusion)"},
                     {"score", "By scores, each 0 to 1"},
                     {"chance", "By how often places were right (learnt)"}})
            .number("keep", "Candidates", "How many are kept for the ranker and the rules; 1000 is usual", &S::keep, 1,
                    10'000)
            .flag("again", "Again", "What is in the history may be proposed again", &S::again)
            .choice("rank", "Rank", "What orders the candidates", &S::rankBy,
                    {{"merged", "As merged"}, {"model", "By a model's scores"}, {"learnt", "Learnt from features"}})
            .text("rank-model", "Ranking model", "Name of the model that orders", &S::rankModel, "a name", anyName)
            .number("relevance", "Relevance", "What the ranker says", &S::relevance, 0, 10)
            .number("click", "Clicks", "How likely it is looked at (learnt rankers)", &S::click, 0, 10)
            .number("cart", "Carts", "How likely it goes into the cart (learnt rankers)", &S::cart, 0, 10)
            .number("purchase", "Purchases", "How likely it is bought (learnt rankers)", &S::purchase, 0, 10)
            .number("margin", "Margin", "What it earns times how likely it is bought", &S::margin, 0, 10)
            .number("diversity", "Diversity", "Unlike what stands above it", &S::diversity, 0, 10)
            .number("sellers", "Small sellers", "Items of sellers that few of the candidates are of", &S::sellers, 0,
                    10)
            .number("retrieve-budget", "Time for sources", "Milliseconds; 0: as long as they need", &S::retrieveBudget,
                    0, 60'000)
            .advanced()
            .number("rank-budget", "Time for ranking", "Milliseconds; 0: as long as it needs", &S::rankBudget, 0,
                    60'000)
            .advanced();
    return table;
}

tl::unexpected<Error> bad(std::string message, std::string hint, std::string where)
{
    return error(Code::BadFile, std::move(message), std::move(hint), std::move(where));
}

tl::unexpected<Error> badAt(Error inner, const std::string& where)
{
    inner.code = Code::BadFile;
    inner.where = inner.where.empty() || where.empty() ? where + inner.where : where + ", " + inner.where;
    return tl::unexpected(std::move(inner));
}

Json jsonOf(std::span<const ParamSpec> specs, const ParamSet& params)
{
    Json json = Json::object();
    for (const ParamSpec& spec : specs)
        if (const ParamValue* value = params.find(spec.id))
            std::visit([&](const auto& held) { json[spec.id] = held; }, *value);
    return json;
}

std::string textOf(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Result<SourceChoice> sourceIn(const Json& json, const std::string& where)
{
    if (!json.is_object())
        return bad("A source is not a JSON object", "Write such as {\"source\": \"popular\"}", where);
    const auto params = paramsFromJson(sourceParams(), textOf(json));
    if (!params)
        return badAt(params.error(), where);
    auto source = sourceFrom(*params);
    if (!source)
        return badAt(source.error(), where);
    return source;
}

Result<Json> documentIn(std::string_view text)
{
    if (text.size() > longestFile)
        return bad("The recipe is larger than 2 MB", "A recipe is a few thousand bytes", {});
    if (isNestedDeep(text))
        return bad("This is not a recipe: it is nested too deep", {}, {});
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains(formatKey))
        return bad("This is not a recipe of a funnel", fmt::format("It is a JSON object with \"{}\"", formatKey), {});
    if (json[std::string(formatKey)] != formatVersion)
        return bad("This recipe is of another version", "This program reads version 1", {});
    for (const auto& [key, value] : json.items())
        if (key != formatKey && key != "name" && key != "sources" && key != "settings" && key != "trees" &&
            key != "rules")
            return bad(fmt::format("There is no '{}' in a recipe", key),
                       "Known are name, sources, settings, trees, rules", {});
    return json;
}

Status readName(const Json& json, FunnelRecipe& recipe)
{
    const auto found = json.find("name");
    if (found == json.end())
        return {};
    if (!found->is_string() || found->get_ref<const std::string&>().size() > longestName)
        return bad("'name' is not a text of at most 1,000 bytes", {}, {});
    recipe.name = found->get<std::string>();
    return {};
}

Status readSources(const Json& json, FunnelRecipe& recipe)
{
    const auto found = json.find("sources");
    if (found == json.end() || !found->is_array() || found->empty() || found->size() > FunnelRecipe::mostSources)
        return bad(fmt::format("'sources' is not a list of 1 to {} sources", FunnelRecipe::mostSources), {}, {});
    for (std::size_t i = 0; i < found->size(); ++i) {
        auto source = sourceIn((*found)[i], fmt::format("source {}", i + 1));
        if (!source)
            return tl::unexpected(source.error());
        recipe.sources.push_back(std::move(*source));
    }
    return {};
}

Status readSettings(const Json& json, FunnelRecipe& recipe)
{
    const auto found = json.find("settings");
    if (found == json.end())
        return {};
    const auto params = paramsFromJson(funnelParams(), textOf(*found));
    if (!params)
        return badAt(params.error(), "settings");
    auto read = withParams(std::move(recipe), *params);
    if (!read)
        return badAt(read.error(), "settings");
    recipe = std::move(*read);
    return {};
}

Status readTrees(const Json& json, FunnelRecipe& recipe)
{
    const auto found = json.find("trees");
    if (found == json.end())
        return {};
    auto params = paramsFromJson(gbdtParamSpecs(), textOf(*found));
    if (!params)
        return badAt(params.error(), "trees");
    recipe.trees = std::move(*params);
    return {};
}

Status readRules(const Json& json, FunnelRecipe& recipe)
{
    const auto found = json.find("rules");
    if (found == json.end())
        return {};
    auto rules = rulesFromJson(textOf(*found));
    if (!rules)
        return badAt(rules.error(), "rules");
    recipe.rules = std::move(*rules);
    return {};
}

} // namespace

std::string titleOf(const SourceChoice& source)
{
    switch (source.kind) {
    case SourceChoice::Kind::Model: return source.model;
    case SourceChoice::Kind::Recent: return fmt::format("{}, newest {}", source.model, source.newest);
    case SourceChoice::Kind::Popular: return "Most used";
    case SourceChoice::Kind::Trending: return "Trending";
    case SourceChoice::Kind::Exploring: break;
    }
    return "Seldom used";
}

std::span<const ParamSpec> sourceParams() { return sourceTable().specs(); }
std::span<const ParamSpec> funnelParams() { return settingsTable().specs(); }

ParamSet paramsOf(const SourceChoice& source)
{
    const auto idOf = [](std::size_t spec, std::size_t choice) { return sourceParams()[spec].choices[choice].id; };
    ParamSet params;
    params.set("source", idOf(0, static_cast<std::size_t>(source.kind)));
    params.set("model", source.model);
    params.set("on", source.on);
    params.set("weight", source.weight);
    params.set("most", std::int64_t{source.most});
    params.set("newest", std::int64_t{source.newest});
    params.set("search", idOf(6, static_cast<std::size_t>(source.search)));
    return params;
}

ParamSet paramsOf(const FunnelRecipe& recipe)
{
    const auto idOf = [](std::size_t spec, std::size_t choice) { return funnelParams()[spec].choices[choice].id; };
    const Objectives& objectives = recipe.objectives;
    ParamSet params;
    params.set("merge", idOf(0, static_cast<std::size_t>(recipe.mergeBy)));
    params.set("keep", std::int64_t{recipe.keep});
    params.set("again", recipe.again);
    params.set("rank", idOf(3, static_cast<std::size_t>(recipe.rankBy)));
    params.set("rank-model", recipe.rankModel);
    params.set("relevance", objectives.relevance);
    params.set("click", objectives.click);
    params.set("cart", objectives.cart);
    params.set("purchase", objectives.purchase);
    params.set("margin", objectives.margin);
    params.set("diversity", objectives.diversity);
    params.set("sellers", objectives.sellers);
    params.set("retrieve-budget", recipe.budgets.retrieve);
    params.set("rank-budget", recipe.budgets.rank);
    return params;
}

Result<SourceChoice> sourceFrom(const ParamSet& params)
{
    auto source = sourceTable().read(params);
    const bool asksModel =
        source && (source->kind == SourceChoice::Kind::Model || source->kind == SourceChoice::Kind::Recent);
    if (asksModel && source->model.empty())
        return error(Code::InvalidArgument, "A source that asks a model does not say which",
                     "Name the model, as the list of models does");
    return source;
}

Result<FunnelRecipe> withParams(FunnelRecipe recipe, const ParamSet& params)
{
    const auto read = settingsTable().read(params);
    if (!read)
        return tl::unexpected(read.error());
    if (read->rankBy == RankBy::Model && read->rankModel.empty())
        return error(Code::InvalidArgument, "It does not say which model orders the candidates",
                     "Name the model, as the list of models does");
    recipe.mergeBy = read->mergeBy;
    recipe.keep = read->keep;
    recipe.again = read->again;
    recipe.rankBy = read->rankBy;
    recipe.rankModel = read->rankModel;
    recipe.objectives = {read->relevance, read->click,     read->cart,   read->purchase,
                         read->margin,    read->diversity, read->sellers};
    recipe.budgets = {read->retrieveBudget, read->rankBudget};
    return recipe;
}

int mostProposed(const FunnelRecipe& recipe)
{
    int most = 0;
    for (const SourceChoice& source : recipe.sources)
        most += source.on ? source.most : 0;
    return std::max(most, 1);
}

std::vector<std::string> modelsOf(const FunnelRecipe& recipe)
{
    std::vector<std::string> names;
    const auto add = [&names](const std::string& name) {
        if (!name.empty() && std::ranges::count(names, name) == 0)
            names.push_back(name);
    };
    for (const SourceChoice& source : recipe.sources)
        if (source.on && (source.kind == SourceChoice::Kind::Model || source.kind == SourceChoice::Kind::Recent))
            add(source.model);
    if (recipe.rankBy == RankBy::Model)
        add(recipe.rankModel);
    return names;
}

FunnelRecipe withModelRenamed(FunnelRecipe recipe, const std::string& from, const std::string& to)
{
    for (SourceChoice& source : recipe.sources)
        if (source.model == from)
            source.model = to;
    if (recipe.rankModel == from)
        recipe.rankModel = to;
    return recipe;
}

FunnelRecipe rulesOnly(const std::string& model, RuleSet rules)
{
    FunnelRecipe recipe;
    recipe.name = model + " + rules";
    recipe.sources.push_back({SourceChoice::Kind::Model, model});
    recipe.sources.back().most = recipe.keep;
    recipe.rankBy = RankBy::Model;
    recipe.rankModel = model;
    recipe.rules = std::move(rules);
    return recipe;
}

FunnelRecipe usualFunnel(std::span<const std::string> models)
{
    FunnelRecipe recipe;
    recipe.name = "Funnel";
    for (const std::string& model : models)
        recipe.sources.push_back({SourceChoice::Kind::Model, model});
    recipe.sources.push_back({SourceChoice::Kind::Popular});
    recipe.sources.push_back({SourceChoice::Kind::Trending});
    return recipe;
}

std::string toJson(const FunnelRecipe& recipe)
{
    Json sources = Json::array();
    for (const SourceChoice& source : recipe.sources)
        sources.push_back(jsonOf(sourceParams(), paramsOf(source)));
    Json trees = Json::object();
    for (const auto& [id, value] : recipe.trees.values())
        std::visit([&, key = id](const auto& held) { trees[key] = held; }, value);
    const Json json = {{formatKey, formatVersion},      {"name", recipe.name},
                       {"sources", std::move(sources)}, {"settings", jsonOf(funnelParams(), paramsOf(recipe))},
                       {"trees", std::move(trees)},     {"rules", Json::parse(toJson(recipe.rules))}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<FunnelRecipe> funnelFromJson(std::string_view text)
{
    const auto json = documentIn(text);
    if (!json)
        return tl::unexpected(json.error());
    FunnelRecipe recipe;
    for (const auto read : {readName, readSources, readSettings, readTrees, readRules})
        if (const auto done = read(*json, recipe); !done)
            return tl::unexpected(done.error());
    return recipe;
}

} // namespace orrery
