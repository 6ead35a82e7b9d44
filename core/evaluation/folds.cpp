// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/folds.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

/// The description of the whole, with what is said behind it (of what was left out).
std::string titleOf(const std::string& description, int fold, int folds)
{
    const std::string part = fmt::format("part {} of {} is held out", fold + 1, folds);
    std::string title = description;
    if (const auto at = title.find(part); at != std::string::npos)
        title.replace(at, part.size(), fmt::format("each of {} parts is held out in turn", folds));
    return title;
}

} // namespace

std::vector<SplitPlan> foldsOf(const SplitPlan& plan)
{
    std::vector<SplitPlan> plans(static_cast<std::size_t>(std::max(1, plan.folds)), plan);
    for (std::size_t fold = 0; fold < plans.size(); ++fold)
        plans[fold].fold = static_cast<int>(fold);
    return plans;
}

std::optional<FoldOfRun> foldOfRun(const std::string& protocolJson, const std::string& splitDescription)
{
    auto json = nlohmann::ordered_json::parse(protocolJson, nullptr, false);
    if (!json.is_object() || !json.contains("split") || !json["split"].is_object())
        return {};
    auto& split = json["split"];
    const auto whole = [&split](const char* name) { return split.contains(name) && split[name].is_number_integer(); };
    if (!whole("folds") || !whole("fold"))
        return {};
    FoldOfRun out{split["fold"].get<int>(), split["folds"].get<int>(), {}, {}};
    out.title = titleOf(splitDescription, out.fold, out.folds);
    split.erase("fold");
    if (json.contains("candidates") && json["candidates"].is_string() &&
        json["candidates"].get<std::string>().starts_with("stored candidates"))
        json.erase("candidates"); // each fold has its own
    out.group = json.dump() + '\n' + out.title;
    return out;
}

EvaluationReport meanOfFolds(std::span<const EvaluationReport> reports)
{
    EvaluationReport out = reports.front().withoutPeople();
    for (std::size_t m = 0; m < out.values.size(); ++m) {
        MetricValue& value = out.values[m];
        value.interval = {value.mean, value.mean};
        double sum = 0;
        for (const EvaluationReport& report : reports) {
            const double mean = report.values[m].mean;
            sum += mean;
            value.interval = {std::min(value.interval.low, mean), std::max(value.interval.high, mean)};
        }
        value.mean = sum / static_cast<double>(reports.size());
    }
    for (const EvaluationReport& report : reports.subspan(1)) {
        out.rankedPeople += report.rankedPeople;
        out.peopleWithoutHistory += report.peopleWithoutHistory;
        out.ratings += report.ratings;
        out.ratingsFilled += report.ratingsFilled;
        out.seconds += report.seconds;
    }
    return out;
}

} // namespace orrery
