// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/protocol_json.h"

#include "core/params/param_table.h"

#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::ordered_json;

Json planJson(const SplitPlan& plan)
{
    Json json = {{"kind", idOf(plan.kind)}};
    if (plan.kind == SplitKind::NewPeople) {
        json["testShare"] = plan.testShare;
        json["knownShare"] = plan.knownShare;
    }
    if (plan.kind == SplitKind::Random || plan.kind == SplitKind::PerPerson ||
        (plan.kind == SplitKind::GlobalTemporal && plan.cut == endOfTime))
        json["testShare"] = plan.testShare;
    if (plan.kind == SplitKind::GlobalTemporal && plan.cut != endOfTime)
        json["cut"] = plan.cut;
    if (plan.kind != SplitKind::GlobalTemporal && plan.kind != SplitKind::Predefined)
        json["seed"] = plan.seed;
    if (plan.kind == SplitKind::Random && plan.folds > 1) {
        json["folds"] = plan.folds;
        json["fold"] = plan.fold;
        json.erase("testShare");
    }
    return json;
}

} // namespace

std::string toJson(const SplitPlan& plan) { return planJson(plan).dump(); }

std::string toJson(const SplitPlan& plan, const Protocol& protocol, std::string_view candidates)
{
    Json metrics = Json::array();
    for (const MetricChoice& choice : protocol.metrics)
        metrics.push_back(choice.id());
    const Json json = {{"split", planJson(plan)},
                       {"relevantFrom", std::stod(shortestDecimal(protocol.relevantFrom))},
                       {"candidates", candidates},
                       {"metrics", metrics},
                       {"bootstrap", {{"seed", protocol.bootstrapSeed}, {"rounds", protocol.bootstrapRounds}}}};
    return json.dump();
}

bool ranksAll(const std::string& protocolJson)
{
    const auto json = nlohmann::ordered_json::parse(protocolJson, nullptr, false);
    return !json.is_object() || !json.contains("candidates") || !json["candidates"].is_string() ||
           !json["candidates"].get<std::string>().starts_with("stored");
}

} // namespace orrery
