// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/evaluation_options.h"

#include "app/cli/console.h"
#include "app/cli/person_options.h"
#include "core/data/filter.h"
#include "core/evaluation/candidates.h"
#include "core/evaluation/folds.h"

#include <charconv>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace orrery::cli {
namespace {

constexpr auto splitGroup = "What is held out";
constexpr auto judgeGroup = "How it is judged";
constexpr auto filterGroup = "What takes part";

std::string metricIds()
{
    std::vector<std::string> ids;
    for (const auto& metric : metrics())
        ids.push_back(metric.hasCut ? metric.id + "@K" : metric.id);
    return fmt::format("{}", fmt::join(ids, ", "));
}

} // namespace

void EvaluationOptions::declare(CLI::App& app)
{
    m_app = &app;
    app.add_option(
           "--split", m_split,
           "random, per-person (a share of what each did), leave-last-out, temporal, predefined or new-people "
           "(strong generalization: people whom training never saw); where it is not given, what suits the data")
        ->check(CLI::IsMember({"random", "per-person", "leave-last-out", "temporal", "predefined", "new-people"}))
        ->type_name("KIND")
        ->group(splitGroup);
    auto* share = app.add_option("--test-share", m_testShare, "How much is held out, between 0 and 1")
                      ->capture_default_str()
                      ->type_name("SHARE")
                      ->group(splitGroup);
    app.add_option("--folds", m_folds, "Of a random split: hold out each of so many parts in turn")
        ->check(CLI::Range(2, 100).description(""))
        ->type_name("N")
        ->excludes(share)
        ->group(splitGroup);
    app.add_option("--cut", m_cut, "Of a split by time: hold out everything from this moment on")
        ->type_name("DATE")
        ->excludes(share)
        ->group(splitGroup);
    app.add_option("--known-share", m_knownShare, "Of new people: how much of what they did is told, between 0 and 1")
        ->capture_default_str()
        ->type_name("SHARE")
        ->group(splitGroup);
    declareFilter(app);
    app.add_option("--candidates", m_candidates,
                   "Rank only so many drawn items (a number) or the stored ones of a file beside what is held out, as "
                   "published tables do; else all items")
        ->type_name("N|FILE")
        ->group(judgeGroup);
    app.add_option("--write-candidates", m_candidatesOut, "Store the items of --candidates, to meet them again")
        ->type_name("FILE")
        ->group(judgeGroup);
    app.add_option("--metrics", m_metrics, "Which, split by commas: " + metricIds())
        ->type_name("LIST")
        ->group(judgeGroup);
    app.add_option("--relevant-from", m_relevantFrom,
                   "A held-out rating is relevant from here on; 4 of 5 stars where it is not given")
        ->type_name("VALUE")
        ->group(judgeGroup);
    app.add_option("--bootstrap", m_rounds, "Rounds of the 95 % intervals, 0 for none")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000).description(""))
        ->type_name("N")
        ->group(judgeGroup);
}

void EvaluationOptions::declareFilter(CLI::App& app)
{
    app.add_option("--keep-from", m_keepFrom, "Leave out smaller ratings before anything else")
        ->type_name("VALUE")
        ->group(filterGroup);
    app.add_flag("--as-implicit", m_asImplicit, "Count what is left once, whatever its value")->group(filterGroup);
    app.add_option("--least-of-person", m_leastOfPerson, "Leave out people with fewer interactions")
        ->type_name("N")
        ->group(filterGroup);
    app.add_option("--least-of-item", m_leastOfItem, "Then leave out items with fewer interactions")
        ->type_name("N")
        ->group(filterGroup);
}

Status EvaluationOptions::narrow(OpenedData& data) const
{
    DatasetFilter filter{{}, m_asImplicit, m_leastOfPerson, m_leastOfItem};
    if (m_app->count("--keep-from") > 0)
        filter.keepFrom = m_keepFrom;
    auto narrowed =
        data.trainEvents ? filteredEvents(data.dataset, filter, *data.trainEvents) : filtered(data.dataset, filter);
    if (!narrowed)
        return tl::unexpected(narrowed.error());
    if (filter.any()) {
        const std::size_t before = data.dataset->from().note.size();
        data.narrowed = (*narrowed)->from().note.substr(before == 0 ? 0 : before + 2); // behind "; "
    }
    data.dataset = std::move(*narrowed);
    return {};
}

Status EvaluationOptions::addCandidates(Split& split, const Context& context) const
{
    if (m_candidates.empty())
        return {};
    CandidatePlan plan;
    const char* const last = m_candidates.data() + m_candidates.size();
    if (const auto [end, failure] = std::from_chars(m_candidates.data(), last, plan.drawn);
        failure != std::errc{} || end != last)
        plan.file = m_candidates;
    if (const auto given = giveCandidates(split, plan, context.seed); !given)
        return given;
    return m_candidatesOut.empty() ? Status{} : writeCandidates(m_candidatesOut, split, *split.candidates);
}

Result<SplitPlan> EvaluationOptions::plan(const OpenedData& data, const Context& context) const
{
    SplitPlan plan;
    std::string kind = m_split;
    if (kind.empty() && m_folds > 0)
        kind = "random";
    if (kind.empty() && !m_cut.empty())
        kind = "temporal";
    if (kind.empty()) {
        const Suggestion suggestion = suggestSplit(*data.dataset);
        context.console.note(suggestion.why);
        plan = suggestion.plan;
    } else {
        const auto chosen = splitKindFrom(kind);
        if (!chosen)
            return tl::unexpected(chosen.error());
        plan.kind = *chosen;
    }
    if (m_folds > 0 && plan.kind != SplitKind::Random)
        return error(Code::InvalidArgument, fmt::format("A {} split has no folds", idOf(plan.kind)),
                     "Use --split random, or leave out --folds");
    if (m_app->count("--test-share") > 0)
        plan.testShare = m_testShare;
    plan.knownShare = m_knownShare;
    plan.seed = context.seed;
    plan.folds = m_folds;
    const auto cut = momentFrom(m_cut);
    if (!cut)
        return tl::unexpected(cut.error());
    plan.cut = *cut;
    return plan;
}

Result<std::vector<PlannedSplit>> EvaluationOptions::splits(const OpenedData& data, const Context& context) const
{
    auto splits = splitAs(data, context);
    if (!splits)
        return splits;
    for (PlannedSplit& one : *splits)
        if (const auto done = addCandidates(one.split, context); !done)
            return tl::unexpected(done.error());
    return splits;
}

Result<std::vector<PlannedSplit>> EvaluationOptions::splitAs(const OpenedData& data, const Context& context) const
{
    std::vector<PlannedSplit> splits;
    const bool predefined = m_split == "predefined" || (m_split.empty() && data.trainEvents && m_folds == 0);
    if (predefined) {
        if (!data.trainEvents)
            return error(Code::InvalidArgument, "This dataset has no training and test file",
                         "Name both with --train and --test, or choose another split");
        return predefinedSplit(data.dataset, *data.trainEvents).map([](Split split) {
            return std::vector<PlannedSplit>{{SplitPlan{SplitKind::Predefined}, std::move(split)}};
        });
    }
    const auto plan = this->plan(data, context);
    if (!plan)
        return tl::unexpected(plan.error());
    for (const SplitPlan& fold : foldsOf(*plan)) {
        auto split = makeSplit(data.dataset, fold);
        if (!split)
            return tl::unexpected(split.error());
        splits.push_back({fold, std::move(*split)});
    }
    return splits;
}

Result<Protocol> EvaluationOptions::protocol(const Dataset& dataset, const Context& context) const
{
    Protocol protocol = Protocol::standard(dataset);
    protocol.bootstrapSeed = context.seed;
    protocol.bootstrapRounds = m_rounds;
    if (m_app->count("--relevant-from") > 0)
        protocol.relevantFrom = m_relevantFrom;
    if (m_metrics.empty())
        return protocol;
    auto chosen = parseMetrics(m_metrics);
    if (!chosen)
        return tl::unexpected(chosen.error());
    protocol.metrics = std::move(*chosen);
    return protocol;
}

} // namespace orrery::cli
