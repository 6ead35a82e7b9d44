// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/description.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace orrery::reading {
namespace {

using Json = nlohmann::json;
constexpr std::size_t mostBytes = 64 * 1024;

std::map<std::string, std::string> textsOf(const Json& json, const char* key)
{
    std::map<std::string, std::string> out;
    const auto found = json.find(key);
    if (found != json.end() && found->is_object())
        for (const auto& [name, value] : found->items())
            if (value.is_string())
                out[name] = value.get<std::string>();
    return out;
}

std::optional<float> numberOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number())
        return std::nullopt;
    const float value = found->get<float>();
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

} // namespace

Description readDescription(const FileSet& files)
{
    Description out;
    const Json json = Json::parse(files.peek("orrery.json", mostBytes), nullptr, false);
    if (!json.is_object())
        return out;
    out.given = true;
    if (const auto name = json.find("name"); name != json.end() && name->is_string())
        out.name = excerpt(name->get<std::string>());
    if (const auto feedback = json.find("feedback"); feedback != json.end() && *feedback == "implicit")
        out.feedback = Feedback::Implicit;
    const auto low = numberOf(json, "ratingLow");
    const auto high = numberOf(json, "ratingHigh");
    if (low && high && *low <= *high)
        out.scale = {*low, *high};
    if (const auto weights = json.find("kindWeights"); weights != json.end() && weights->is_string())
        if (const auto read = kindWeightsFrom(weights->get<std::string>()))
            out.kindWeights = *read;
    out.itemColumns = textsOf(json, "itemColumns");
    out.personColumns = textsOf(json, "personColumns");
    return out;
}

} // namespace orrery::reading
