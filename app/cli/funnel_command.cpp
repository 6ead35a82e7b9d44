// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/funnel_command.h"

#include "app/cli/funnel_measures.h"
#include "app/cli/json.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/pipeline/person_view.h"
#include "core/store/new_rows.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Json runJson(const Dataset& dataset, const Funnel& funnel, const FunnelRun& run)
{
    Json json;
    for (const SourceReport& source : run.sources)
        json["sources"].push_back({{"name", source.title},
                                   {"how", source.how},
                                   {"found", source.found},
                                   {"kept", source.kept},
                                   {"byItAlone", source.only},
                                   {"listed", source.listed},
                                   {"milliseconds", source.ms},
                                   {"why", source.why}});
    json["candidates"] = run.candidates.size();
    json["cutOff"] = run.candidates.dropped;
    json["merge"] = {{"by", std::get<std::string>(*paramsOf(funnel.recipe()).find("merge"))},
                     {"fallback", run.mergeFallback},
                     {"learnedFrom", funnel.learning().merge ? funnel.learning().merge->learnedFrom : ""}};
    json["ranker"] = {{"title", funnel.ranker()->title()},
                      {"fallback", run.ranked.fallback},
                      {"warnings", run.ranked.warnings},
                      {"trainedBy", funnel.learnt() ? funnel.learnt()->trainedBy : ""},
                      {"milliseconds", run.rankMs}};
    json["rules"] = Json::array();
    for (std::size_t rule = 0; rule < run.trail.effects().size(); ++rule)
        json["rules"].push_back({{"rule", wordsOf(funnel.recipe().rules.rules[rule])},
                                 {"dropped", run.trail.effects()[rule].dropped},
                                 {"moved", run.trail.effects()[rule].moved},
                                 {"why", run.trail.effects()[rule].why}});
    json["milliseconds"] = {{"retrieve", run.retrieveMs}, {"rank", run.rankMs}, {"rules", run.rulesMs}};
    json["items"] = Json::array();
    for (const Reranked& one : run.list) {
        Json item = itemJson(dataset, one.item);
        item["score"] = number(one.score);
        if (one.candidate < run.candidates.size()) {
            item["merged"] = one.candidate + 1;
            item["ranked"] = run.rankPlaces[one.candidate];
            for (std::size_t chance = 0; chance < chanceCount; ++chance)
                if (const auto& chances = run.ranked.chances.at(chance); !chances.empty())
                    item["chances"][std::array{"lookedAt", "cart", "bought"}.at(chance)] = chances[one.candidate];
            for (std::size_t source = 0; source < run.sources.size(); ++source)
                if (const auto place = run.candidates.placesOf(one.candidate)[source]; place > 0)
                    item["foundBy"].push_back({{"source", run.sources[source].title}, {"place", place}});
        }
        json["items"].push_back(std::move(item));
    }
    return json;
}

std::string runText(const Dataset& dataset, const Funnel& funnel, const FunnelRun& run)
{
    TextTable sources({"source", "found", "kept", "by it alone", "listed", "ms", ""});
    for (const SourceReport& source : run.sources)
        sources.add({source.title, grouped(source.found), grouped(source.kept), grouped(source.only),
                     grouped(source.listed), fmt::format("{:.1f}", source.ms),
                     source.why.empty() ? source.how : source.why});
    std::string out = sources.text();
    out += fmt::format("\nmerge: {}, {} cut off, {:.1f} ms{}\nranker: {}, {:.1f} ms{}\n",
                       counted(run.candidates.size(), "candidate"), grouped(run.candidates.dropped), run.retrieveMs,
                       run.mergeFallback.empty() ? "" : "; by places: " + run.mergeFallback, funnel.ranker()->title(),
                       run.rankMs, run.ranked.fallback.empty() ? "" : "; as merged: " + run.ranked.fallback);
    if (funnel.learnt())
        out += fmt::format("  {}\n", funnel.learnt()->trainedBy);
    for (const std::string& warning : run.ranked.warnings)
        out += fmt::format("  {}\n", warning);
    out += fmt::format("rules: {:.1f} ms\n", run.rulesMs);
    for (std::size_t rule = 0; rule < run.trail.effects().size(); ++rule) {
        const RuleEffect& effect = run.trail.effects()[rule];
        out += fmt::format("  {}: {}\n", wordsOf(funnel.recipe().rules.rules[rule]),
                           effect.why.empty() ? fmt::format("{} dropped, {} moved", effect.dropped, effect.moved)
                                              : effect.why);
    }
    TextTable items({"", "item", "id", "merged", "ranked"});
    for (std::size_t place = 0; place < run.list.size(); ++place) {
        const Reranked& one = run.list[place];
        const bool proposed = one.candidate < run.candidates.size();
        items.add({std::to_string(place + 1), dataset.title(one.item),
                   std::string(dataset.itemIds().name(one.item.value)),
                   proposed ? std::to_string(one.candidate + 1) : "-",
                   proposed ? std::to_string(run.rankPlaces[one.candidate]) : "-"});
    }
    return out + "\n" + items.text();
}

} // namespace

std::string_view FunnelCommand::examples() const
{
    return "orrery-cli funnel --usual implicit-als,item-knn --rank learnt > recipe.json\n"
           "orrery-cli funnel --data datasets/shop --recipe recipe.json --person p7\n"
           "orrery-cli funnel --workspace w.orrery --recipe recipe.json --save \"My funnel\"\n"
           "orrery-cli funnel --data datasets/shop --recipe recipe.json --worth\n"
           "orrery-cli evaluate --data datasets/shop --split temporal --recipe recipe.json --model implicit-als";
}

void FunnelCommand::declare(CLI::App& app)
{
    app.add_option("--usual", m_usual, "Write a recipe of these models, what is most used and what is trending")
        ->delimiter(',')
        ->type_name("MODEL,...");
    app.add_option("--rank", m_ranker,
                   "Of --usual: what orders the candidates (merged, learnt, or the name of a model)")
        ->type_name("HOW");
    app.add_option("--merge", m_merge,
                   "Of --usual: how the lists of the sources become one (reciprocal-rank, score, chance)")
        ->type_name("HOW");
    app.add_option("--save", m_save, "Keep the recipe, and what its ranker learned, in the workspace under this name")
        ->type_name("NAME");
    app.add_option("-n,--items", m_items, "Items of the list")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000).description(""));
    auto* worth = app.add_flag("--worth", m_worth,
                               "What each source brings: recall of later choices, with it, by it alone and without it");
    auto* front =
        app.add_flag("--front", m_front, "What weights of the objectives trade for one another")->excludes(worth);
    auto* features = app.add_flag("--features", m_features,
                                  "What the learnt ranker goes by: importance of its features, and their drift "
                                  "between the questions that it learned from and later ones")
                         ->excludes(worth)
                         ->excludes(front);
    app.add_flag("--chances", m_chances,
                 "How good the chances of the learnt ranker are: what it said of the candidates of later visits, and "
                 "what came true")
        ->excludes(worth)
        ->excludes(front)
        ->excludes(features);
    app.add_option("--people", m_people, "Of --worth and --front: how many are drawn; of --chances: visits")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000).description(""));
    m_person.declare(app);
    m_model.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
    m_data.declareSegments(app);
}

Result<Output> FunnelCommand::usual() const
{
    FunnelRecipe recipe = usualFunnel(m_usual);
    if (m_ranker == "learnt")
        recipe.rankBy = RankBy::Learnt;
    else if (!m_ranker.empty() && m_ranker != "merged") {
        recipe.rankBy = RankBy::Model;
        recipe.rankModel = m_ranker;
    }
    if (!m_merge.empty()) {
        ParamSet params = paramsOf(recipe);
        params.set("merge", m_merge);
        auto merged = withParams(std::move(recipe), params);
        if (!merged)
            return tl::unexpected(merged.error());
        recipe = std::move(*merged);
    }
    const std::string json = toJson(recipe);
    return Output{json, json};
}

Result<Output> FunnelCommand::keep(OpenedData& data, const ReadyModel& ready, const Funnel& funnel) const
{
    if (!m_data.stores())
        return error(Code::InvalidArgument, "A recipe is kept in a workspace", "Name one with --workspace");
    StoredFunnel stored{funnel.recipe(), {}};
    stored.recipe.name = m_save;
    orrery::save(funnel.learning(), stored.ranker);
    ModelId id = 0;
    const auto done = m_data.store(data, [&](Workspace& workspace, DatasetId dataset) -> Status {
        const auto rows = workspace.models(dataset);
        if (!rows)
            return tl::unexpected(rows.error());
        ModelRow row;
        row.dataset = dataset;
        row.trainedOn = "a recipe";
        row.seconds = ready.seconds;
        row.colour = freeColour(*rows, 0);
        stored.recipe.name = freeName(
            m_save, [&rows](const std::string& name) { return std::ranges::count(*rows, name, &ModelRow::name) > 0; });
        return workspace.addFunnel(row, stored).map([&id](ModelId made) { id = made; });
    });
    if (!done)
        return tl::unexpected(done.error());
    const Json json = {{"name", stored.recipe.name}, {"model", id}, {"workspace", m_data.storeFile()}};
    return Output{dump(json), fmt::format("'{}' is model {} of {}\n", stored.recipe.name, id, m_data.storeFile())};
}

Result<Output> FunnelCommand::run(const Context& context)
{
    if (!m_usual.empty())
        return usual();
    auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    if (m_worth || m_front || m_features || m_chances) {
        const auto choices = m_model.choices(*data);
        if (!choices)
            return tl::unexpected(choices.error());
        const FunnelMeasure what = m_worth     ? FunnelMeasure::Worth
                                   : m_front   ? FunnelMeasure::Front
                                   : m_chances ? FunnelMeasure::Chances
                                               : FunnelMeasure::Features;
        return measureFunnel(choices->front(), *data, what, m_people, context);
    }
    const auto question = m_person.question(*data->dataset);
    if (!question)
        return tl::unexpected(question.error());
    const auto ready = makeAllReady(m_model, *data, question->asOf, context.console, context.job.part(.2, .9));
    if (!ready)
        return tl::unexpected(ready.error());
    const ReadyModel& model = ready->models.front();
    const Funnel* funnel = funnelOf(model.recommender.get());
    if (!funnel)
        return error(Code::InvalidArgument, fmt::format("'{}' is no funnel", model.choice.name),
                     "Give a recipe: orrery-cli funnel --usual writes one");
    if (!m_save.empty())
        return keep(*data, model, *funnel);
    const auto run =
        funnel->run(queryOf(*data->dataset, *question), m_items, TrailLevel::Full, context.job.part(.9, 1));
    if (!run)
        return tl::unexpected(run.error());
    Json json = {{"dataset", datasetJson(*data->dataset)}, {"funnel", model.choice.name}};
    json.update(runJson(*data->dataset, *funnel, *run));
    return Output{dump(json), runText(*data->dataset, *funnel, *run)};
}

} // namespace orrery::cli
