// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/explain_command.h"

#include "app/cli/explanation_text.h"
#include "app/cli/text_table.h"
#include "core/pipeline/what_if.h"

#include <cmath>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t removalsTried = 5;

struct Why {
    ItemTrace trace;
    Explanation explanation;
    std::optional<Counterfactual> counterfactual;
};

Result<Why> whyOf(const Recommender& recommender, const Query& query, ItemIndex item, const JobContext& job)
{
    Why why;
    auto trace = recommender.trace(query, item);
    if (!trace)
        return tl::unexpected(trace.error());
    why.trace = std::move(*trace);
    auto explanation = recommender.explain(query, item);
    if (!explanation)
        return tl::unexpected(explanation.error());
    why.explanation = std::move(*explanation);
    // What is not in the list cannot fall.
    if (why.trace.rank == 0)
        return why;
    const auto counterfactual = strongestCounterfactual(recommender, query, item, removalsTried, job);
    if (!counterfactual)
        return tl::unexpected(counterfactual.error());
    why.counterfactual = *counterfactual;
    return why;
}

Json counterfactualJson(const Dataset& dataset, const std::optional<Counterfactual>& found)
{
    if (!found)
        return {};
    return {{"without", itemJson(dataset, found->without)},
            {"rankBefore", found->rankBefore},
            {"rankAfter", found->rankAfter}};
}

Json whyJson(const Dataset& dataset, const Why& why)
{
    Json out;
    out["score"] = why.explanation.score;
    out["rank"] = why.trace.rank;
    out["candidates"] = why.trace.candidates;
    out["verdict"] = why.trace.verdict;
    out["terms"] = termsJson(dataset, why.explanation);
    out["counterfactual"] = counterfactualJson(dataset, why.counterfactual);
    out["trail"] = trailJson(why.trace.trail);
    return out;
}

std::string whyText(const Dataset& dataset, const Why& why)
{
    std::string out = why.trace.verdict + "\n\n" + termsText(dataset, why.explanation);
    if (why.counterfactual) {
        const auto& found = *why.counterfactual;
        out += fmt::format("\nWithout {} it would {}.\n", dataset.title(found.without),
                           found.rankAfter == 0 ? std::string("no longer be a candidate")
                                                : fmt::format("fall from {} to {}", found.rankBefore, found.rankAfter));
    }
    out += "\nIts way:\n";
    for (const auto& step : why.trace.trail)
        out += fmt::format("  {}: {}\n", step.source, step.why);
    return out;
}

} // namespace

std::string_view ExplainCommand::examples() const
{
    return "orrery-cli explain --person 42 --item 7\n"
           "orrery-cli explain --workspace w.orrery --model \"my svd\" --history 12=5,55=4.5 --item 7 --json";
}

void ExplainCommand::declare(CLI::App& app)
{
    app.add_option("--item", m_item, "The item in question, by id")->type_name("ID")->required();
    m_person.declare(app);
    m_model.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
}

Result<Output> ExplainCommand::run(const Context& context)
{
    const auto data = m_data.open(context);
    if (!data)
        return tl::unexpected(data.error());
    const auto item = requireItem(*data->dataset, m_item);
    if (!item)
        return tl::unexpected(item.error());
    const auto asked = askPerson(*data, m_model, m_person, 1, context);
    if (!asked)
        return tl::unexpected(asked.error());
    const auto& model = asked->models.front();
    const auto why = whyOf(*model.recommender, asked->view.query, *item, context.job);
    if (!why)
        return tl::unexpected(why.error());
    Json json;
    json["dataset"] = datasetJson(*data->dataset);
    json["model"] = model.choice.name;
    json["parameters"] = paramsJson(model.choice.params);
    json["person"] =
        asked->question.user ? Json(asked->dataset->personIds().name(asked->question.user->value)) : Json();
    json["asOf"] = timeJson(asked->question.asOf);
    json.update(itemJson(*asked->dataset, *item));
    json.update(whyJson(*asked->dataset, *why));
    return Output{dump(json), fmt::format("{}, by {}\n", itemText(*asked->dataset, *item), model.choice.name) +
                                  whyText(*asked->dataset, *why)};
}

} // namespace orrery::cli
