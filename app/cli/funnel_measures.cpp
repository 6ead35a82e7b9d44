// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/funnel_measures.h"

#include "app/cli/funnel_options.h"
#include "app/cli/json.h"
#include "app/cli/text_table.h"
#include "core/base/words.h"
#include "core/evaluation/funnel_trial.h"
#include "core/evaluation/objective_front.h"
#include "core/evaluation/ranker_report.h"
#include "core/evaluation/source_worth.h"
#include "core/pipeline/funnel_training.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

constexpr std::size_t checkedQuestions = 200;

Output worthOutput(const FunnelWorth& worth, const std::string& name)
{
    Json json = {{"funnel", name},         {"people", worth.people},         {"choices", worth.choices},
                 {"recall", worth.recall}, {"candidates", worth.candidates}, {"sources", Json::array()}};
    TextTable table({"source", "proposes", "recall", "by it alone", "recall without it"});
    for (const SourceWorth& source : worth.sources) {
        json["sources"].push_back({{"source", source.title},
                                   {"proposed", source.proposed},
                                   {"recall", source.recall},
                                   {"exclusive", source.exclusive},
                                   {"recallWithout", source.recallWithout}});
        table.add({source.title, fmt::format("{:.0f}", source.proposed), fmt::format("{:.4f}", source.recall),
                   fmt::format("{:.4f}", source.exclusive), fmt::format("{:.4f}", source.recallWithout)});
    }
    return {dump(json),
            fmt::format("{}: {} candidates hold {:.2f} % of {} later choices of {}\n\n{}", name,
                        grouped(static_cast<std::size_t>(std::lround(worth.candidates))), 100 * worth.recall,
                        grouped(worth.choices), counted(worth.people, "person", "people"), table.text())};
}

constexpr std::array<std::pair<RuleMeasure::Kind, const char*>, 7> shown{{{RuleMeasure::Kind::Agreement, "agreement"},
                                                                          {RuleMeasure::Kind::Coverage, "coverage"},
                                                                          {RuleMeasure::Kind::Diversity, "diversity"},
                                                                          {RuleMeasure::Kind::Margin, "margin"},
                                                                          {RuleMeasure::Kind::HighMargin, "highMargin"},
                                                                          {RuleMeasure::Kind::NewSellers, "newSellers"},
                                                                          {RuleMeasure::Kind::Sellers, "sellers"}}};

Output frontOutput(const std::vector<ObjectivePoint>& points, const std::string& name)
{
    Json json = {{"funnel", name}, {"points", Json::array()}};
    std::vector<std::string> header{"relevance", "click", "cart", "purchase", "margin", "diversity", "sellers"};
    for (const auto& [kind, title] : shown)
        if (!std::isnan(points.front().value(kind)))
            header.emplace_back(title);
    header.emplace_back("front");
    TextTable table(header);
    for (const ObjectivePoint& point : points) {
        const Objectives& w = point.weights;
        Json one = {{"weights",
                     {{"relevance", w.relevance},
                      {"click", w.click},
                      {"cart", w.cart},
                      {"purchase", w.purchase},
                      {"margin", w.margin},
                      {"diversity", w.diversity},
                      {"sellers", w.sellers}}},
                    {"onFront", point.onFront}};
        std::vector<std::string> cells;
        for (const double weight : {w.relevance, w.click, w.cart, w.purchase, w.margin, w.diversity, w.sellers})
            cells.push_back(fmt::format("{:.3g}", weight));
        for (const auto& [kind, title] : shown)
            if (const double value = point.value(kind); !std::isnan(value)) {
                one["measures"][title] = value;
                cells.push_back(fmt::format("{:.4f}", value));
            }
        cells.emplace_back(point.onFront ? "*" : "");
        json["points"].push_back(std::move(one));
        table.add(std::move(cells));
    }
    return {dump(json), fmt::format("{}: the first line is the funnel as it is\n\n{}", name, table.text())};
}

Output featuresOutput(const std::vector<RankerFeature>& features, const std::string& name)
{
    Json json = {{"funnel", name}, {"features", Json::array()}};
    TextTable table({"feature", "of", "importance", "splits", "PSI", ""});
    for (const RankerFeature& one : features) {
        json["features"].push_back({{"id", one.feature.id},
                                    {"title", one.feature.title},
                                    {"group", nameOf(one.feature.group)},
                                    {"gain", one.gain},
                                    {"splits", one.splits},
                                    {"psi", one.finding.psi},
                                    {"verdict", nameOf(one.finding.verdict)},
                                    {"says", one.finding.says}});
        table.add({one.feature.title, std::string(nameOf(one.feature.group)), fmt::format("{:.1f} %", 100 * one.gain),
                   std::to_string(one.splits),
                   std::isnan(one.finding.psi) ? "-" : fmt::format("{:.3f}", one.finding.psi),
                   std::string(nameOf(one.finding.verdict))});
    }
    return {dump(json), fmt::format("{}: what the ranker goes by, and whether it is still as in training\n\n{}", name,
                                    table.text())};
}

} // namespace

Result<Output> measureFunnel(const ModelChoice& choice, const OpenedData& data, FunnelMeasure what, std::size_t people,
                             const Context& context)
{
    if (!choice.funnel)
        return error(Code::InvalidArgument, fmt::format("'{}' is no funnel", choice.name),
                     "Give a recipe: orrery-cli funnel --usual writes one");
    const auto parts = partsFor(*choice.funnel, data, *data.dataset);
    if (!parts)
        return tl::unexpected(parts.error());
    const auto trial =
        tryFunnel(*choice.funnel, withoutModels(*parts), data.dataset, endOfTime, people, context.job.part(.2, .7));
    if (!trial)
        return tl::unexpected(trial.error());
    if (what == FunnelMeasure::Worth)
        return worthOf(*trial->funnel, trial->queries, trial->later, context.job.part(.7, 1))
            .map([&](const FunnelWorth& worth) { return worthOutput(worth, choice.name); });
    if (what == FunnelMeasure::Features)
        return rankerFeatures(*trial->funnel, trial->queries, checkedQuestions, context.job.part(.7, 1))
            .map([&](const std::vector<RankerFeature>& features) { return featuresOutput(features, choice.name); });
    return objectiveFront(*trial->funnel, trial->queries, trial->later, {.seed = context.seed}, context.job.part(.7, 1))
        .map([&](const std::vector<ObjectivePoint>& points) { return frontOutput(points, choice.name); });
}

} // namespace orrery::cli
