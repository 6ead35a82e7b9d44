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

Output featuresOutput(const std::vector<RankerFeature>& features, const LearntRanker& ranker, const std::string& name)
{
    Json json = {{"funnel", name}, {"compared", ranker.drifted}, {"features", Json::array()}};
    TextTable table({"feature", "of", "importance", "splits", "PSI", "median", "later", ""});
    for (const RankerFeature& one : features) {
        const FeatureDrift drift = one.drift.value_or(FeatureDrift{});
        json["features"].push_back({{"id", one.feature.id},
                                    {"title", one.feature.title},
                                    {"group", nameOf(one.feature.group)},
                                    {"gain", one.gain},
                                    {"splits", one.splits},
                                    {"psi", one.drift ? Json(drift.psi) : Json()},
                                    {"psiByChance", one.drift ? Json(drift.byChance) : Json()},
                                    {"verdict", one.drift ? Json(drift.inWords()) : Json()}});
        const auto told = [&one](float value) {
            return one.drift && !std::isnan(value) ? fmt::format("{:.3g}", value) : std::string("-");
        };
        table.add({one.feature.title, std::string(nameOf(one.feature.group)), fmt::format("{:.1f} %", 100 * one.gain),
                   std::to_string(one.splits), one.drift ? fmt::format("{:.3f}", drift.psi) : "-",
                   told(drift.medianBefore), told(drift.medianAfter),
                   one.drift ? std::string(drift.inWords()) : "not known: train the ranker again"});
    }
    return {dump(json), fmt::format("{}: what the ranker goes by, and whether it moved between {}\n\n{}", name,
                                    ranker.drifted.empty() ? "two times" : ranker.drifted, table.text())};
}

Json qualityJson(const ChanceQuality& quality)
{
    return {{"predicted", quality.predicted},
            {"brier", quality.brier},
            {"logLoss", quality.logLoss},
            {"calibrationError", quality.calibrationError}};
}

Output chancesOutput(const std::vector<ChanceReport>& reports, const std::string& name, Timestamp from)
{
    Json json = {{"funnel", name}, {"from", from}, {"chances", Json::array()}};
    TextTable table({"chance", "", "predicted", "seen", "calibration error", "Brier", "log loss", "AUC"});
    for (const ChanceReport& report : reports) {
        Json one = {{"title", report.title},
                    {"questions", report.questions},
                    {"candidates", report.rows},
                    {"seen", report.seen},
                    {"auc", number(static_cast<float>(report.areaUnderCurve))},
                    {"uncorrected", qualityJson(report.uncorrected)},
                    {"corrected", qualityJson(report.corrected)},
                    {"bins", Json::array()}};
        for (const CalibrationBin& bin : report.bins)
            one["bins"].push_back({{"rows", bin.rows}, {"predicted", bin.predicted}, {"seen", bin.seen}});
        json["chances"].push_back(std::move(one));
        for (const bool corrected : {false, true}) {
            const ChanceQuality& quality = corrected ? report.corrected : report.uncorrected;
            table.add({corrected ? "" : report.title, corrected ? "corrected" : "as the trees say",
                       fmt::format("{:.3f} %", 100 * quality.predicted), fmt::format("{:.3f} %", 100 * report.seen),
                       fmt::format("{:.5f}", quality.calibrationError), fmt::format("{:.5f}", quality.brier),
                       fmt::format("{:.5f}", quality.logLoss), fmt::format("{:.3f}", report.areaUnderCurve)});
        }
    }
    return {dump(json),
            fmt::format("{}: chances of {} candidates of {} from {} on\n\n{}", name, grouped(reports.front().rows),
                        counted(reports.front().questions, "visit"), dateText(from), table.text())};
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
    const auto trial = tryFunnel(*choice.funnel, withoutModels(*parts), data.dataset, endOfTime, people,
                                 context.job.part(.2, .7), data.segments);
    if (!trial)
        return tl::unexpected(trial.error());
    if (what == FunnelMeasure::Worth)
        return worthOf(*trial->funnel, trial->queries, trial->later, context.job.part(.7, 1))
            .map([&](const FunnelWorth& worth) { return worthOutput(worth, choice.name); });
    if (what == FunnelMeasure::Features)
        return rankerFeatures(*trial->funnel).map([&](const std::vector<RankerFeature>& features) {
            return featuresOutput(features, *trial->funnel->learnt(), choice.name);
        });
    if (what == FunnelMeasure::Chances)
        return chanceReports(*trial->funnel, data.dataset, trial->cut, people, context.job.part(.7, 1))
            .map([&](const std::vector<ChanceReport>& reports) {
                return chancesOutput(reports, choice.name, trial->cut);
            });
    return objectiveFront(*trial->funnel, trial->queries, trial->later, {.seed = context.seed}, context.job.part(.7, 1))
        .map([&](const std::vector<ObjectivePoint>& points) { return frontOutput(points, choice.name); });
}

} // namespace orrery::cli
