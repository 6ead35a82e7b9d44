// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/why_above.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace orrery {
namespace {

/// What a label says before the value that it tells of one item: "Price: 12" and "Price: 30" are one reason.
std::string reasonOf(const Dataset& dataset, const Term& term)
{
    const std::string label = labelOf(dataset, term);
    if (term.kind == TermKind::HistoryItem || term.kind == TermKind::Person)
        return term.kind == TermKind::HistoryItem ? dataset.title(term.item) : label;
    if (label.starts_with("place "))
        return "its place among the candidates";
    return label.substr(0, label.find(": "));
}

std::vector<ReasonPair> subtracted(const Dataset& dataset, const Explanation& above, const Explanation& below)
{
    std::map<std::string, ReasonPair> pairs;
    for (const Term& term : flattened(above.terms))
        pairs[reasonOf(dataset, term)].above += term.value;
    for (const Term& term : flattened(below.terms))
        pairs[reasonOf(dataset, term)].below += term.value;
    std::vector<ReasonPair> out;
    for (auto& [label, pair] : pairs) {
        pair.label = label;
        out.push_back(pair);
    }
    std::ranges::stable_sort(out, [](const ReasonPair& a, const ReasonPair& b) {
        return std::abs(a.difference()) > std::abs(b.difference());
    });
    return out;
}

std::vector<StepPair> paired(const std::vector<TrailStep>& above, const std::vector<TrailStep>& below)
{
    std::vector<StepPair> out;
    for (const TrailStep& step : above)
        out.push_back({step.source, step.rankAfter, 0});
    std::size_t at = 0;
    for (const TrailStep& step : below) {
        const auto same = std::ranges::find(out, step.source, &StepPair::title);
        if (same != out.end()) {
            same->below = step.rankAfter;
            at = static_cast<std::size_t>(same - out.begin()) + 1;
        } else {
            out.insert(out.begin() + static_cast<std::ptrdiff_t>(std::min(at++, out.size())),
                       {step.source, 0, step.rankAfter});
        }
    }
    return out;
}

bool isAbove(const StepPair& step) { return step.above > 0 && (step.below == 0 || step.above < step.below); }

// The first step from which on it is above at every step that both went through.
std::string verdictOf(const WhyAbove& why, const std::string& above, const std::string& below)
{
    if (why.scoreAbove < why.scoreBelow)
        return fmt::format("It is the other way round: {} stands above {}", below, above);
    const StepPair* since = nullptr;
    for (const StepPair& step : why.steps)
        if (step.above > 0 && step.below > 0)
            since = !isAbove(step) ? nullptr : since ? since : &step;
    if (!since)
        return fmt::format("{} has the higher score", above);
    return fmt::format("{} stands above {} from '{}' on: place {} against {}", above, below, since->title, since->above,
                       since->below);
}

} // namespace

Result<WhyAbove> whyAbove(const Dataset& dataset, const Recommender& recommender, const Query& query, ItemIndex above,
                          ItemIndex below)
{
    const auto reasons = recommender.explain(query, above), others = recommender.explain(query, below);
    if (!reasons || !others)
        return tl::unexpected(reasons ? others.error() : reasons.error());
    const auto trace = recommender.trace(query, above), otherTrace = recommender.trace(query, below);
    if (!trace || !otherTrace)
        return tl::unexpected(trace ? otherTrace.error() : trace.error());
    WhyAbove out;
    out.reasons = subtracted(dataset, *reasons, *others);
    out.scoreAbove = reasons->score;
    out.scoreBelow = others->score;
    out.steps = paired(trace->trail, otherTrace->trail);
    out.verdict = verdictOf(out, dataset.title(above), dataset.title(below));
    return out;
}

} // namespace orrery
