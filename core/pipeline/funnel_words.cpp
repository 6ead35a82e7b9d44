// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/funnel_words.h"

#include "core/base/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

std::optional<std::size_t> candidateOf(const FunnelRun& run, ItemIndex item)
{
    const auto found = std::ranges::find(run.candidates.items, item);
    if (found == run.candidates.items.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - run.candidates.items.begin());
}

void addSources(const FunnelRun& run, std::size_t candidate, std::vector<TrailStep>& trail)
{
    const auto places = run.candidates.placesOf(candidate);
    for (std::size_t source = 0; source < places.size(); ++source)
        if (places[source] > 0)
            trail.push_back(
                {Stage::Retrieve, run.sources[source].title, 0, run.candidates.scoresOf(candidate)[source], 0,
                 places[source],
                 fmt::format("Place {} of {} that it found", places[source], grouped(run.candidates.found[source]))});
    const float merged = run.candidates.merged[candidate];
    trail.push_back({Stage::Retrieve, "merged", 0, merged, 0, static_cast<std::uint32_t>(candidate + 1),
                     fmt::format("Place {} of {} candidates{}", grouped(candidate + 1), grouped(run.candidates.size()),
                                 run.mergeFallback.empty() ? "" : "; merged by places: " + run.mergeFallback)});
}

/// "; chances: looked at 4.1 %, bought 0.3 %", of what the ranker has learned the chance of.
std::string chancesText(const Ranked& ranked, std::size_t candidate)
{
    constexpr std::array<const char*, chanceCount> words{"looked at", "put into the cart", "bought"};
    std::string text;
    for (std::size_t chance = 0; chance < chanceCount; ++chance)
        if (const auto& chances = ranked.chances.at(chance); !chances.empty())
            text += fmt::format("{}{} {:.2g} %", text.empty() ? "; chances: " : ", ", words.at(chance),
                                100 * chances[candidate]);
    return text;
}

void addRank(const Funnel& funnel, const FunnelRun& run, std::size_t candidate, std::vector<TrailStep>& trail)
{
    TrailStep step{Stage::Rank,
                   funnel.ranker()->title(),
                   run.candidates.merged[candidate],
                   run.scores[candidate],
                   static_cast<std::uint32_t>(candidate + 1),
                   run.rankPlaces[candidate],
                   {}};
    if (!run.ranked.fallback.empty())
        step.why = fmt::format("In the order of the merge: {}", run.ranked.fallback);
    else if (step.rankAfter == 0)
        step.why = "It cannot be scored";
    else
        step.why = fmt::format("Place {} of {} by its score", grouped(step.rankAfter), grouped(run.candidates.size()));
    step.why += chancesText(run.ranked, candidate);
    trail.push_back(std::move(step));
}

void addRules(const Funnel& funnel, const FunnelRun& run, std::size_t row, std::vector<TrailStep>& trail)
{
    for (const RuleStep& step : run.trail.stepsOf(row))
        trail.push_back({Stage::Rules, wordsOf(funnel.recipe().rules.rules[step.rule]), step.scoreBefore,
                         step.scoreAfter, step.placeBefore, step.placeAfter, step.why});
}

std::vector<TrailStep> trailOf(const Funnel& funnel, const FunnelRun& run, ItemIndex item)
{
    std::vector<TrailStep> trail;
    if (const auto candidate = candidateOf(run, item)) {
        addSources(run, *candidate, trail);
        addRank(funnel, run, *candidate, trail);
    }
    if (const auto row = run.trail.find(item))
        addRules(funnel, run, *row, trail);
    return trail;
}

std::vector<Dropped> droppedOf(const Funnel& funnel, const FunnelRun& run, TrailLevel level)
{
    std::vector<Dropped> out;
    const History& history = run.request.query.history;
    const std::size_t proposed = run.candidates.size() + run.candidates.dropped;
    const std::size_t items = funnel.ground()->dataset().itemCount();
    const std::size_t seen = funnel.recipe().again ? 0 : history.size();
    if (seen > 0) {
        out.push_back({DropReason::Seen, {}, seen});
        if (level == TrailLevel::Full)
            std::ranges::transform(history, std::back_inserter(out.back().items), &HistoryEntry::item);
    }
    if (proposed + seen < items)
        out.push_back({DropReason::NotFound, {}, items - proposed - seen});
    if (run.candidates.dropped > 0)
        out.push_back({DropReason::NotKept, {}, run.candidates.dropped});
    std::vector<std::vector<ItemIndex>> byRule(run.trail.effects().size());
    for (std::size_t row = 0; row < run.trail.candidates(); ++row)
        if (const auto rule = run.trail.droppedBy(row))
            byRule[*rule].push_back(run.trail.item(row));
    for (std::size_t rule = 0; rule < byRule.size(); ++rule)
        if (!byRule[rule].empty()) {
            std::ranges::sort(byRule[rule]);
            const std::size_t count = byRule[rule].size();
            out.push_back({DropReason::Rule,
                           level == TrailLevel::Full ? std::move(byRule[rule]) : std::vector<ItemIndex>{}, count,
                           wordsOf(funnel.recipe().rules.rules[rule])});
        }
    return out;
}

/// What each source's model would have said of an item that no source proposed.
std::string whyNotFound(const Funnel& funnel, const FunnelRun& run, ItemIndex item)
{
    std::string best;
    std::size_t bestPlace = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < run.sources.size(); ++i) {
        const SourceChoice& choice = funnel.recipe().sources[i];
        const auto part = std::ranges::find(funnel.parts(), choice.model, &FunnelPart::name);
        if (!run.sources[i].why.empty() || choice.kind != SourceChoice::Kind::Model || part == funnel.parts().end() ||
            item.value >= part->model->itemCount())
            continue;
        std::vector<float> scores(part->model->itemCount());
        part->model->read(run.request.query)->scoreAll(scores);
        const float own = scores[item.value];
        const auto place =
            static_cast<std::size_t>(std::ranges::count_if(scores, [own](float s) { return s > own; })) + 1;
        if (!std::isnan(own) && place < bestPlace) {
            bestPlace = place;
            best = fmt::format(": {} has it at place {} and proposes {}", choice.model, grouped(place), choice.most);
        }
    }
    return "No source proposed it" + best;
}

} // namespace

RecommendationList listOf(const Funnel& funnel, const FunnelRun& run, TrailLevel level)
{
    RecommendationList list;
    list.candidates = run.candidates.size();
    for (const Reranked& one : run.list) {
        list.items.push_back({one.item, one.score, {}});
        if (level == TrailLevel::Full)
            list.items.back().trail = trailOf(funnel, run, one.item);
    }
    if (level != TrailLevel::None)
        list.dropped = droppedOf(funnel, run, level);
    if (!run.ranked.fallback.empty())
        list.fallback = fmt::format("Candidates stand as they were merged: {}.", run.ranked.fallback);
    else if (!run.mergeFallback.empty())
        list.fallback = fmt::format("Candidates are merged by their places: {}.", run.mergeFallback);
    return list;
}

ItemTrace traceOf(const Funnel& funnel, const FunnelRun& run, ItemIndex item)
{
    ItemTrace out{item, std::numeric_limits<float>::quiet_NaN(), 0, run.candidates.size(), trailOf(funnel, run, item),
                  {}};
    const bool seen = std::ranges::binary_search(run.request.query.history, item, {}, &HistoryEntry::item);
    const auto listed = std::ranges::find(run.list, item, &Reranked::item);
    const auto row = run.trail.find(item);
    if (listed != run.list.end()) {
        out.rank = static_cast<std::uint32_t>(listed - run.list.begin()) + 1;
        out.score = listed->score;
        out.verdict = fmt::format("Place {} of {}", grouped(out.rank), grouped(run.list.size()));
    } else if (const auto rule = row ? run.trail.droppedBy(*row) : std::nullopt) {
        out.verdict = fmt::format(
            "Lost in the rules: {}",
            out.trail.back().why.empty()
                ? wordsOf(funnel.recipe().rules.rules[*rule])
                : fmt::format("{} ({})", wordsOf(funnel.recipe().rules.rules[*rule]), out.trail.back().why));
    } else if (row) {
        out.verdict = "Lost in ranking: it cannot be scored";
    } else if (seen && !funnel.recipe().again) {
        out.verdict = "It is already in the history";
    } else {
        out.verdict = "Lost in retrieval: " + whyNotFound(funnel, run, item);
    }
    return out;
}

Result<Explanation> explanationOf(const Funnel& funnel, const FunnelRun& run, ItemIndex item)
{
    const auto listed = std::ranges::find(run.list, item, &Reranked::item);
    const auto row = run.trail.find(item);
    if (listed == run.list.end() || !row)
        return error(Code::NotFound, fmt::format("{} does not list this item", funnel.name()),
                     traceOf(funnel, run, item).verdict);
    Explanation out;
    out.score = static_cast<double>(listed->score);
    const auto add = [&out](std::string label, double value) {
        if (value != 0)
            out.terms.push_back({TermKind::Part, {}, std::move(label), value, {}});
    };
    if (const auto candidate = candidateOf(run, item)) {
        const Explanation ranked = funnel.ranker()->explain(run.request.query, run.candidates, run.ranked, *candidate);
        out.terms = ranked.terms;
        const double byRanker = static_cast<double>(run.ranked.scores[*candidate]),
                     score = static_cast<double>(run.scores[*candidate]);
        add("objectives", score - byRanker);
        const auto place = static_cast<double>(run.trail.firstScore(*row));
        add(fmt::format("place {} of {} by this", run.trail.firstPlace(*row), run.candidates.size()), place - score);
    }
    // What each rule did to the score, so that all of them end at the score in the list.
    for (const RuleStep& step : run.trail.stepsOf(*row))
        add(wordsOf(funnel.recipe().rules.rules[step.rule]),
            static_cast<double>(step.scoreAfter) - static_cast<double>(step.scoreBefore));
    return out;
}

} // namespace orrery
