// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/explain_command.h"

#include "app/cli/explanation_text.h"
#include "app/cli/text_table.h"
#include "core/pipeline/what_if.h"
#include "core/pipeline/why_above.h"

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
    // What no list holds has no score to be explained: where it was lost is the answer.
    if (!explanation && explanation.error().code == Code::NotFound && !std::isfinite(why.trace.score))
        return why;
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

Json aboveJson(const Dataset& dataset, const WhyAbove& why, ItemIndex below)
{
    Json out = {{"verdict", why.verdict}, {"difference", why.scoreAbove - why.scoreBelow}};
    out["item"] = itemJson(dataset, below);
    for (const ReasonPair& reason : why.reasons)
        out["reasons"].push_back({{"label", reason.label},
                                  {"above", reason.above},
                                  {"below", reason.below},
                                  {"difference", reason.difference()}});
    for (const StepPair& step : why.steps)
        out["steps"].push_back({{"step", step.title}, {"above", step.above}, {"below", step.below}});
    return out;
}

std::string aboveText(const WhyAbove& why)
{
    TextTable reasons({"difference", "above", "below", "because of"});
    for (const ReasonPair& reason : why.reasons)
        reasons.add({fmt::format("{:+.4f}", reason.difference()), fmt::format("{:+.4f}", reason.above),
                     fmt::format("{:+.4f}", reason.below), reason.label});
    TextTable steps({"above", "below", "after"});
    for (const StepPair& step : why.steps)
        steps.add({step.above > 0 ? std::to_string(step.above) : "-", step.below > 0 ? std::to_string(step.below) : "-",
                   step.title});
    return fmt::format("\n{}\n\n{}\n{}", why.verdict, reasons.text(), steps.text());
}

std::string whyText(const Dataset& dataset, const Why& why)
{
    std::string out = why.trace.verdict + "\n";
    if (!why.explanation.terms.empty())
        out += "\n" + termsText(dataset, why.explanation);
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
    app.add_option("--below", m_below, "Also why it stands above this item: both ways, subtracted")->type_name("ID");
    m_person.declare(app);
    m_model.declare(app, ModelOptions::Number::One);
    m_data.declare(app);
    m_data.declareSegments(app);
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
    std::string text = fmt::format("{}, by {}\n", itemText(*asked->dataset, *item), model.choice.name) +
                       whyText(*asked->dataset, *why);
    if (!m_below.empty()) {
        const auto below = requireItem(*asked->dataset, m_below);
        if (!below)
            return tl::unexpected(below.error());
        const auto above = whyAbove(*asked->dataset, *model.recommender, asked->view.query, *item, *below);
        if (!above)
            return tl::unexpected(above.error());
        json["above"] = aboveJson(*asked->dataset, *above, *below);
        text += aboveText(*above);
    }
    return Output{dump(json), std::move(text)};
}

} // namespace orrery::cli
