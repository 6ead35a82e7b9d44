// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/evaluation_options.h"

#include "app/cli/console.h"
#include "app/cli/person_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {
namespace {

constexpr auto splitGroup = "What is held out";
constexpr auto judgeGroup = "How it is judged";

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
    app.add_option("--split", m_split,
                   "random, leave-last-out, temporal or predefined; where it is not given, what suits the data")
        ->check(CLI::IsMember({"random", "leave-last-out", "temporal", "predefined"}))
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
    plan.seed = context.seed;
    plan.folds = m_folds;
    const auto cut = momentFrom(m_cut);
    if (!cut)
        return tl::unexpected(cut.error());
    plan.cut = *cut;
    return plan;
}

Result<std::vector<Split>> EvaluationOptions::splits(const OpenedData& data, const Context& context) const
{
    std::vector<Split> splits;
    const bool predefined = m_split == "predefined" || (m_split.empty() && data.trainEvents && m_folds == 0);
    if (predefined) {
        if (!data.trainEvents)
            return error(Code::InvalidArgument, "This dataset has no training and test file",
                         "Name both with --train and --test, or choose another split");
        return predefinedSplit(data.dataset, *data.trainEvents).map([](Split split) {
            return std::vector<Split>{std::move(split)};
        });
    }
    auto plan = this->plan(data, context);
    if (!plan)
        return tl::unexpected(plan.error());
    for (plan->fold = 0; plan->fold < std::max(1, m_folds); ++plan->fold) {
        auto split = makeSplit(data.dataset, *plan);
        if (!split)
            return tl::unexpected(split.error());
        splits.push_back(std::move(*split));
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
