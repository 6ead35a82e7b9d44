// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_options.h"

#include "app/cli/console.h"
#include "app/cli/funnel_options.h"
#include "app/cli/person_options.h"
#include "core/pipeline/funnel.h"
#include "core/pipeline/imported_list.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr auto modelGroup = "Model";
constexpr auto usualModel = "item-knn";
constexpr double openedAt = .2; // of the progress: DataOptions::open() ends there

std::string knownModels(const std::vector<ModelRow>& stored)
{
    std::vector<std::string> names;
    for (const auto& row : stored)
        names.push_back(fmt::format("'{}' ({})", row.name, row.id));
    for (const auto& algorithm : catalogue())
        names.push_back(algorithm.id);
    return fmt::format("Known are {}", fmt::join(names, ", "));
}

const ModelRow* findStored(const std::vector<ModelRow>& stored, const std::string& named)
{
    // The newest of a name; numbers are unique.
    for (auto row = stored.rbegin(); row != stored.rend(); ++row)
        if (row->name == named || std::to_string(row->id) == named)
            return &*row;
    return nullptr;
}

Result<ModelChoice> storedChoice(const ModelRow& row, const std::vector<std::string>& assignments)
{
    if (!assignments.empty())
        return error(Code::InvalidArgument, fmt::format("'{}' is already trained, so nothing can be set", row.name),
                     "Train another one with these parameters");
    ModelChoice choice{row.name, findAlgorithm(row.algorithm), {}, row, {}};
    if (row.algorithm == funnelAlgorithm) {
        auto recipe = funnelFromJson(row.paramsJson);
        if (!recipe)
            return tl::unexpected(recipe.error());
        recipe->name = row.name;
        choice.funnel = std::move(*recipe);
    }
    if (choice.algorithm) {
        auto params = paramsFromJson(choice.algorithm->params, row.paramsJson);
        if (!params)
            return tl::unexpected(params.error());
        choice.params = complete(choice.algorithm->params, *params);
    }
    return choice;
}

Result<RecommenderPtr> readyLists(const ModelChoice& choice, const Dataset& dataset, const JobContext& job)
{
    auto lists = readLists(choice.listsFile, dataset, job);
    if (!lists)
        return tl::unexpected(lists.error());
    lists->name = choice.name;
    return makeListRecommender(std::move(*lists), dataset.itemCount());
}

/// What a funnel learned beside its models and goes by; empty where that is nothing.
std::string learnedBy(const ReadyModel& model)
{
    const auto funnel = std::dynamic_pointer_cast<const Funnel>(model.recommender);
    if (!funnel)
        return {};
    const bool ranks = funnel->recipe().rankBy == RankBy::Learnt && funnel->learning().ranker;
    const bool merges = funnel->recipe().mergeBy == MergeBy::Chance && funnel->learning().merge;
    if (ranks && merges)
        return "a ranker and a merge";
    return ranks ? "a ranker" : merges ? "a merge" : "";
}

void noteHindsight(const ReadyModel& model, Timestamp asOf, Console& console)
{
    if (!model.choice.stored || model.choice.stored->asOf <= asOf)
        return;
    // Its models are trained anew; what it learned of their lists is not.
    if (const auto what = learnedBy(model); !what.empty())
        console.note(
            fmt::format("'{}' keeps {} that it learned when it was stored, perhaps of what came after the date. "
                        "A recipe (--recipe) learns anew.",
                        model.choice.name, what));
    if (model.choice.algorithm)
        console.note(fmt::format("'{}' was trained on {}, so it has seen what came after the date.", model.choice.name,
                                 model.choice.stored->trainedOn));
}

} // namespace

void ModelOptions::declare(CLI::App& app, Number number)
{
    m_app = &app;
    const std::string often = number == Number::Several ? "; may be repeated" : "";
    m_modelOption = app.add_option("--model", m_models,
                                   "An algorithm by its id ('orrery-cli models' lists them), or a model of the "
                                   "workspace by name or number" +
                                       often)
                        ->allow_extra_args(false)
                        ->type_name("ID")
                        ->group(modelGroup);
    m_setOption = app.add_option("--set", m_sets, "A parameter of the --model before it; may be repeated")
                      ->allow_extra_args(false)
                      ->type_name("NAME=VALUE")
                      ->group(modelGroup);
    if (number == Number::Trained) {
        m_modelOption->expected(1);
        return;
    }
    m_listsOption = app.add_option("--lists-from", m_lists,
                                   "Lists of another recommender instead of a model: CSV with person,item,rank" + often)
                        ->allow_extra_args(false)
                        ->type_name("FILE")
                        ->group(modelGroup);
    m_recipeOption =
        app.add_option("--recipe", m_recipes,
                       "A funnel instead of a model: its recipe ('orrery-cli funnel --usual' writes one)" + often)
            ->allow_extra_args(false)
            ->type_name("FILE")
            ->group(modelGroup);
    if (number == Number::One) {
        m_modelOption->expected(1);
        m_listsOption->expected(1)->excludes(m_modelOption);
        m_recipeOption->expected(1)->excludes(m_modelOption)->excludes(m_listsOption);
    }
}

Result<std::vector<ModelOptions::Named>> ModelOptions::asked() const
{
    std::vector<Named> named;
    using Kind = Named::Kind;
    std::size_t models = 0, sets = 0, lists = 0, recipes = 0;
    for (const CLI::Option* option : m_app->parse_order()) {
        if (option == m_modelOption)
            named.push_back({m_models[models++]});
        else if (option == m_listsOption)
            named.push_back({m_lists[lists++], {}, Kind::Lists});
        else if (option == m_recipeOption)
            named.push_back({m_recipes[recipes++], {}, Kind::Recipe});
        else if (option == m_setOption && named.empty())
            return error(Code::InvalidArgument, fmt::format("'--set {}' stands before any --model", m_sets[sets]),
                         "Put it behind the --model that it belongs to");
        else if (option == m_setOption)
            named.back().assignments.push_back(m_sets[sets++]);
    }
    return named;
}

Result<ModelChoice> ModelOptions::resolve(const Named& named, const std::vector<ModelRow>& stored)
{
    if (named.kind != Named::Kind::Model && !named.assignments.empty())
        return error(Code::InvalidArgument, "Only models have parameters that can be set here", "Leave out --set",
                     named.model);
    if (named.kind == Named::Kind::Recipe)
        return readFunnelRecipe(named.model).map([&named](FunnelRecipe recipe) {
            ModelChoice choice{recipe.name.empty() ? std::filesystem::path(named.model).stem().string() : recipe.name,
                               nullptr,
                               {},
                               {},
                               {}};
            recipe.name = choice.name;
            choice.funnel = std::move(recipe);
            return choice;
        });
    if (named.kind == Named::Kind::Lists) {
        return ModelChoice{std::filesystem::path(named.model).stem().string(), nullptr, {}, {}, named.model};
    }
    if (const ModelRow* row = findStored(stored, named.model))
        return storedChoice(*row, named.assignments);
    const Algorithm* algorithm = findAlgorithm(named.model);
    if (!algorithm)
        return error(Code::InvalidArgument, fmt::format("There is no model '{}'", named.model), knownModels(stored));
    auto params = parseAssignments(algorithm->params, named.assignments);
    if (!params)
        return tl::unexpected(params.error());
    return ModelChoice{algorithm->title, algorithm, complete(algorithm->params, *params), {}, {}};
}

Result<std::vector<ModelChoice>> ModelOptions::choices(const OpenedData& data) const
{
    std::vector<ModelRow> stored;
    if (data.workspace) {
        auto rows = data.workspace->models(data.id);
        if (!rows)
            return tl::unexpected(rows.error());
        stored = std::move(*rows);
    }
    auto named = asked();
    if (!named)
        return tl::unexpected(named.error());
    if (named->empty())
        named->push_back({stored.empty() ? usualModel : std::to_string(stored.back().id)});
    std::vector<ModelChoice> choices;
    for (const auto& one : *named) {
        auto choice = resolve(one, stored);
        if (!choice)
            return tl::unexpected(choice.error());
        choices.push_back(std::move(*choice));
    }
    return choices;
}

Result<std::vector<ModelChoice>> ModelOptions::algorithms() const
{
    const auto named = asked();
    if (!named)
        return tl::unexpected(named.error());
    if (named->empty() || named->front().kind != Named::Kind::Model)
        return error(Code::InvalidArgument, "No model to train was named", "For example --model svd");
    std::vector<ModelChoice> choices;
    for (const auto& one : *named) {
        auto choice = resolve(one, {});
        if (!choice)
            return tl::unexpected(choice.error());
        choices.push_back(std::move(*choice));
    }
    return choices;
}

Result<ReadyModel> makeReady(const ModelChoice& choice, const OpenedData& data,
                             const std::shared_ptr<const Dataset>& train, const JobContext& job)
{
    if (choice.funnel) {
        const auto stored = choice.stored ? std::optional(choice.stored->id) : std::nullopt;
        const auto begun = std::chrono::steady_clock::now();
        const auto funnel = makeFunnel(*choice.funnel, stored, data, train, job);
        if (!funnel)
            return tl::unexpected(funnel.error());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        return ReadyModel{choice, *funnel, took.count()};
    }
    if (choice.stored || !choice.listsFile.empty()) {
        auto recommender =
            choice.stored ? data.workspace->loadRecommender(choice.stored->id) : readyLists(choice, *data.dataset, job);
        if (!recommender)
            return tl::unexpected(recommender.error());
        return ReadyModel{choice, *recommender, 0};
    }
    const auto start = std::chrono::steady_clock::now();
    CurveRecorder recorder(job);
    auto model = orrery::train(*choice.algorithm, {train}, choice.params, recorder.job());
    if (!model)
        return tl::unexpected(model.error());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return ReadyModel{choice, makeModelRecommender(choice.name, *model), took.count(), recorder.curves()};
}

Result<ReadyModels> makeAllReady(const ModelOptions& options, const OpenedData& data, Timestamp asOf, Console& console,
                                 const JobContext& job)
{
    const auto choices = options.choices(data);
    if (!choices)
        return tl::unexpected(choices.error());
    auto train = data.known(asOf);
    if (!train)
        return tl::unexpected(train.error());
    ReadyModels ready{std::move(*train), {}};
    const double share = 1.0 / static_cast<double>(choices->size());
    for (const auto& choice : *choices) {
        const double from = share * static_cast<double>(ready.models.size());
        auto model = makeReady(choice, data, ready.train, job.part(from, from + share));
        if (!model)
            return tl::unexpected(model.error());
        noteHindsight(*model, asOf, console);
        ready.models.push_back(std::move(*model));
    }
    return ready;
}

Result<AskedModels> openAndMakeReady(const DataOptions& data, const ModelOptions& models, const std::string& asOf,
                                     const Context& context, double share)
{
    const auto moment = momentFrom(asOf);
    if (!moment)
        return tl::unexpected(moment.error());
    auto opened = data.open(context);
    if (!opened)
        return tl::unexpected(opened.error());
    auto ready = makeAllReady(models, *opened, *moment, context.console, context.job.part(openedAt, share));
    if (!ready)
        return tl::unexpected(ready.error());
    return AskedModels{std::move(*opened), *moment, std::move(*ready)};
}

Result<ModelPtr> requireModel(const ReadyModel& chosen)
{
    if (auto model = chosen.recommender->model())
        return model;
    return error(Code::Unsupported, fmt::format("'{}' cannot say what is similar", chosen.choice.name),
                 chosen.recommender->capabilities().reason);
}

} // namespace orrery::cli
