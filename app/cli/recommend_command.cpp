// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/recommend_command.h"

#include "app/cli/console.h"
#include "app/cli/explanation_text.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

Json historyJson(const Dataset& dataset, const History& history)
{
    Json out = Json::array();
    for (const auto& entry : history) {
        out.push_back(itemJson(dataset, entry.item));
        out.back()["value"] = number(entry.value);
        out.back()["at"] = timeJson(entry.at);
    }
    return out;
}

// Everything that the answers about one person share.
struct Answer {
    const Dataset& dataset;
    const PersonView& view;
    const std::vector<ReadyModel>& models;
    bool explain = false;
};

Result<Json> itemsJson(const Answer& answer, std::size_t m)
{
    Json out = Json::array();
    const auto& shown = answer.view.lists[m];
    for (std::size_t i = 0; i < shown.list.items.size(); ++i) {
        const auto& entry = shown.list.items[i];
        Json item = {{"rank", i + 1}};
        item.update(itemJson(answer.dataset, entry.item));
        item["score"] = number(entry.score);
        if (!shown.rankBefore.empty())
            item["rankBefore"] = shown.rankBefore[i];
        if (answer.explain) {
            const auto why = answer.models[m].recommender->explain(answer.view.query, entry.item);
            if (!why)
                return tl::unexpected(why.error());
            item["terms"] = termsJson(answer.dataset, *why);
            item["trail"] = trailJson(entry.trail);
        }
        out.push_back(std::move(item));
    }
    return out;
}

Result<Json> listJson(const Answer& answer, std::size_t m)
{
    const auto& shown = answer.view.lists[m];
    Json out = {{"model", answer.models[m].choice.name}};
    if (shown.failure) {
        out.update(errorJson(*shown.failure));
        return out;
    }
    out["parameters"] = paramsJson(answer.models[m].choice.params);
    out["candidates"] = shown.list.candidates;
    out["fallback"] = shown.list.fallback;
    for (const SourceShare& source : shown.list.sources)
        out["sources"].push_back({{"name", source.name}, {"share", source.share}, {"why", source.why}});
    auto items = itemsJson(answer, m);
    if (!items)
        return items;
    out["items"] = std::move(*items);
    return out;
}

Json nextJson(const Answer& answer)
{
    Json out = Json::array();
    for (const auto& choice : answer.view.next) {
        Json item = itemJson(answer.dataset, choice.item);
        item["value"] = number(choice.value);
        item["at"] = timeJson(choice.at);
        item["ranks"] = choice.ranks;
        out.push_back(std::move(item));
    }
    return out;
}

std::string listText(const Answer& answer, std::size_t m)
{
    const auto& shown = answer.view.lists[m];
    std::string out = fmt::format("\n{}\n", answer.models[m].choice.name);
    if (shown.failure)
        return out + shown.failure->text() + "\n";
    if (!shown.list.fallback.empty())
        out += shown.list.fallback + "\n";
    else if (const std::string serving = sentenceOf(shown.list.sources); !serving.empty())
        out += serving + "\n";
    TextTable table({"", "item", "id", "score", shown.rankBefore.empty() ? "" : "before"});
    for (std::size_t i = 0; i < shown.list.items.size(); ++i) {
        const auto& entry = shown.list.items[i];
        const std::string before = shown.rankBefore.empty()   ? ""
                                   : shown.rankBefore[i] == 0 ? "-"
                                                              : std::to_string(shown.rankBefore[i]);
        table.add({std::to_string(i + 1), answer.dataset.title(entry.item),
                   std::string(answer.dataset.itemIds().name(entry.item.value)), fmt::format("{:.4g}", entry.score),
                   before});
    }
    out += table.text();
    if (!answer.explain)
        return out;
    for (const auto& entry : shown.list.items)
        if (const auto why = answer.models[m].recommender->explain(answer.view.query, entry.item))
            out += fmt::format("\nWhy {}\n{}", answer.dataset.title(entry.item), termsText(answer.dataset, *why));
    return out;
}

std::string answerText(const Answer& answer, const PersonQuestion& question)
{
    const std::string who = question.user ? answer.dataset.personName(*question.user) : "A guest";
    std::string out = fmt::format("{}, {} in the history\n", who, counted(answer.view.query.history.size(), "item"));
    if (!answer.dataset.from().note.empty())
        out += answer.dataset.from().note + "\n";
    for (std::size_t m = 0; m < answer.models.size(); ++m)
        out += listText(answer, m);
    return out;
}

} // namespace

std::string_view RecommendCommand::examples() const
{
    return "orrery-cli recommend --data ml-latest-small --model item-knn --person 42 --n 10 --as-of 2016-01-01\n"
           "orrery-cli recommend --model implicit-als --history 12=5,55=4.5 --explain\n"
           "orrery-cli recommend --workspace w.orrery --model \"my svd\" --model popularity --person 42 --json";
}

void RecommendCommand::declare(CLI::App& app)
{
    app.add_option("-n,--n", m_count, "How many items")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000).description(""));
    app.add_flag("--explain", m_explain, "Say why, for each item: terms that sum to its score");
    m_person.declare(app);
    m_models.declare(app, ModelOptions::Number::Several);
    m_data.declare(app);
    m_data.declareSegments(app);
}

Result<Output> RecommendCommand::run(const Context& context)
{
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto asked = askPerson(*data, m_models, m_person, m_count, context);
    if (!asked)
        return tl::unexpected(asked.error());
    const Answer answer{*asked->dataset, asked->view, asked->models, m_explain};
    Json json;
    json["dataset"] = datasetJson(*data->dataset);
    json["person"] = asked->question.user ? Json(answer.dataset.personIds().name(asked->question.user->value)) : Json();
    json["asOf"] = timeJson(asked->question.asOf);
    json["history"] = historyJson(answer.dataset, asked->view.query.history);
    json["lists"] = Json::array();
    for (std::size_t m = 0; m < asked->models.size(); ++m) {
        auto list = listJson(answer, m);
        if (!list)
            return tl::unexpected(list.error());
        json["lists"].push_back(std::move(*list));
    }
    json["next"] = nextJson(answer);
    return Output{dump(json), answerText(answer, asked->question)};
}

} // namespace orrery::cli
