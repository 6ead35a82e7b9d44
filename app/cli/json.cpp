// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/json.h"

#include "core/params/param_table.h"

#include <cmath>
#include <ctime>

#include <fmt/format.h>

namespace orrery::cli {
namespace {

std::string_view nameOfStage(Stage stage)
{
    switch (stage) {
    case Stage::Retrieve: return "retrieve";
    case Stage::Rank: return "rank";
    case Stage::Rules: return "rules";
    }
    return "rules";
}

} // namespace

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

Json number(float value) { return std::isfinite(value) ? Json(std::stod(shortestDecimal(value))) : Json(); }

std::string isoTime(Timestamp at)
{
    const auto seconds = static_cast<std::time_t>(at);
    std::tm parts = {};
    if (gmtime_r(&seconds, &parts) == nullptr)
        return fmt::format("{}", at);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Json timeJson(Timestamp at) { return at == noTime || at == endOfTime ? Json() : Json(isoTime(at)); }

Json valueJson(const ParamValue& value)
{
    return std::visit([](const auto& plain) { return Json(plain); }, value);
}

Json paramsJson(const ParamSet& params)
{
    Json out = Json::object();
    for (const auto& [id, value] : params.values())
        out[id] = valueJson(value);
    return out;
}

Json errorJson(const Error& error)
{
    Json out;
    out["error"] = {
        {"code", nameOf(error.code)}, {"message", error.message}, {"hint", error.hint}, {"where", error.where}};
    return out;
}

Json itemJson(const Dataset& dataset, ItemIndex item)
{
    Json out;
    out["item"] = dataset.itemIds().name(item.value);
    out["title"] = dataset.title(item);
    return out;
}

Json datasetJson(const Dataset& dataset)
{
    Json out;
    out["name"] = dataset.name();
    out["hash"] = dataset.hash();
    out["feedback"] = dataset.feedback() == Feedback::Explicit ? "explicit" : "implicit";
    out["people"] = dataset.personCount();
    out["items"] = dataset.itemCount();
    out["events"] = dataset.log().size();
    out["note"] = dataset.from().note;
    return out;
}

Json trailJson(const std::vector<TrailStep>& trail)
{
    Json out = Json::array();
    for (const auto& step : trail)
        out.push_back({{"stage", nameOfStage(step.stage)},
                       {"source", step.source},
                       {"before", number(step.before)},
                       {"after", number(step.after)},
                       {"rankBefore", step.rankBefore},
                       {"rankAfter", step.rankAfter},
                       {"why", step.why}});
    return out;
}

std::string itemText(const Dataset& dataset, ItemIndex item)
{
    const std::string id(dataset.itemIds().name(item.value));
    const std::string title = dataset.title(item);
    return title == id ? id : fmt::format("{} ({})", title, id);
}

} // namespace orrery::cli
