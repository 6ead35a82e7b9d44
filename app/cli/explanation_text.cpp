// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/explanation_text.h"

#include "app/cli/text_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

std::string_view nameOf(TermKind kind)
{
    switch (kind) {
    case TermKind::GlobalMean: return "global-mean";
    case TermKind::ItemBias: return "item-bias";
    case TermKind::PersonBias: return "person-bias";
    case TermKind::HistoryItem: return "history-item";
    case TermKind::Person: return "person";
    case TermKind::Attribute: return "attribute";
    case TermKind::Context: return "context";
    case TermKind::Part: return "part";
    case TermKind::Popularity: return "popularity";
    case TermKind::Fallback: return "fallback";
    }
    return "fallback";
}

Json jsonOf(const Dataset& dataset, const std::vector<Term>& terms)
{
    Json out = Json::array();
    for (const auto& term : terms) {
        Json one = {{"kind", nameOf(term.kind)}, {"label", labelOf(dataset, term)}};
        if (term.kind == TermKind::HistoryItem)
            one["item"] = dataset.itemIds().name(term.item.value);
        if (term.kind == TermKind::Person)
            one["person"] = dataset.personName(term.person);
        one["value"] = term.value;
        if (!term.inside.empty())
            one["inside"] = jsonOf(dataset, term.inside);
        out.push_back(std::move(one));
    }
    return out;
}

/// Largest first, each with what is inside it a step to the right.
void addRows(const Dataset& dataset, std::vector<Term> terms, std::size_t depth, TextTable& table)
{
    std::ranges::stable_sort(terms, std::ranges::greater(), [](const Term& term) { return std::abs(term.value); });
    for (const auto& term : terms) {
        table.add({fmt::format("{:+.4f}", term.value), std::string(4 * depth, ' ') + labelOf(dataset, term)});
        addRows(dataset, term.inside, depth + 1, table);
    }
}

} // namespace

Json termsJson(const Dataset& dataset, const Explanation& explanation) { return jsonOf(dataset, explanation.terms); }

std::string termsText(const Dataset& dataset, const Explanation& explanation)
{
    TextTable table({"adds", "because of"});
    addRows(dataset, explanation.terms, 0, table);
    double sum = 0;
    for (const auto& term : explanation.terms)
        sum += term.value;
    table.add({fmt::format("{:+.4f}", sum), "together: the score"});
    return table.text();
}

Result<AskedPerson> askPerson(const OpenedData& data, const ModelOptions& models, const PersonOptions& person,
                              std::size_t depth, const Context& context)
{
    AskedPerson asked;
    const auto whole = data.known(endOfTime);
    if (!whole)
        return tl::unexpected(whole.error());
    asked.dataset = *whole;
    auto question = person.question(*asked.dataset);
    if (!question)
        return tl::unexpected(question.error());
    asked.question = std::move(*question);
    asked.question.depth = depth;
    auto ready = makeAllReady(models, data, asked.question.asOf, context.console, context.job.part(0.2, 0.9));
    if (!ready)
        return tl::unexpected(ready.error());
    asked.models = std::move(ready->models);
    std::vector<RecommenderPtr> recommenders;
    for (const auto& model : asked.models)
        recommenders.push_back(model.recommender);
    auto view = viewPerson(*asked.dataset, recommenders, asked.question, context.job.part(0.9, 1));
    if (!view)
        return tl::unexpected(view.error());
    asked.view = std::move(*view);
    return asked;
}

} // namespace orrery::cli
