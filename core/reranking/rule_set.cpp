// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_set.h"

#include "core/params/json_depth.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view formatKey = "orrery-rules";
constexpr int formatVersion = 1;
constexpr std::size_t longestFile = 1 << 20, longestText = 1000;

void put(Json& object, std::span<const ParamSpec> specs, const ParamSet& params)
{
    for (const ParamSpec& spec : specs)
        if (const ParamValue* value = params.find(spec.id))
            std::visit([&](const auto& held) { object[spec.id] = held; }, *value);
}

Json jsonOf(const Rule& rule)
{
    Json json = {{"rule", kindOf(rule.action).id}};
    if (!rule.name.empty())
        json["name"] = rule.name;
    json["on"] = rule.on;
    put(json, kindOf(rule.action).params, paramsOf(rule.action));
    Json when = Json::object();
    const ParamSet held = paramsOf(rule.when);
    for (const ParamSpec& spec : whenParams())
        if (const auto& text = std::get<std::string>(*held.find(spec.id)); !text.empty())
            when[spec.id] = text;
    if (!when.empty())
        json["when"] = std::move(when);
    return json;
}

tl::unexpected<Error> bad(std::string message, std::string hint, std::string where)
{
    return error(Code::BadFile, std::move(message), std::move(hint), std::move(where));
}

/// An error of somewhere inside, with the place put in front of its own.
tl::unexpected<Error> badAt(Error inner, const std::string& where)
{
    inner.code = Code::BadFile;
    inner.where = inner.where.empty() ? where : fmt::format("{}, {}", where, inner.where);
    return tl::unexpected(std::move(inner));
}

std::string shown(const Json& value)
{
    if (value.is_structured())
        return fmt::format("an {}", value.type_name());
    const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() <= 60 ? text : "a long text";
}

Result<std::string> textOf(const Json& object, const char* key, const std::string& where)
{
    const auto found = object.find(key);
    if (found == object.end())
        return std::string{};
    if (!found->is_string() || found->get_ref<const std::string&>().size() > longestText)
        return bad(fmt::format("'{}' is not a text of at most {} bytes", key, longestText), {}, where);
    return found->get<std::string>();
}

/// The members of `object` that `specs` declare. All others but `besides` are errors.
Result<ParamSet> paramsIn(const Json& object, std::span<const ParamSpec> specs,
                          std::initializer_list<std::string_view> besides, const std::string& where)
{
    Json known = Json::object();
    for (const auto& [key, value] : object.items()) {
        if (std::ranges::count(besides, std::string_view(key)) > 0)
            continue;
        if (value.is_structured() || (value.is_string() && value.get_ref<const std::string&>().size() > longestText))
            return bad(fmt::format("'{}' cannot be {}", key, shown(value)), "Give a number or a short text", where);
        // Whole numbers beyond 64 signed bits would come out as others.
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{1} << 62)
            return bad(fmt::format("'{}' is too large", key), {}, where);
        known[key] = value;
    }
    auto params = paramsFromJson(specs, known.dump(-1, ' ', false, Json::error_handler_t::replace));
    if (!params)
        return badAt(params.error(), where);
    return params;
}

Result<const RuleKind*> kindIn(const Json& object, const std::string& where)
{
    const auto id = textOf(object, "rule", where);
    if (!id)
        return tl::unexpected(id.error());
    const auto kinds = ruleKinds();
    const auto found = std::ranges::find(kinds, *id, &RuleKind::id);
    if (found != kinds.end())
        return &*found;
    std::vector<std::string> ids;
    for (const RuleKind& kind : kinds)
        ids.push_back(kind.id);
    return bad(id->empty() ? std::string("It does not say which 'rule' it is")
                           : fmt::format("There is no rule '{}'", *id),
               fmt::format("Known are {}", fmt::join(ids, ", ")), where);
}

Result<When> whenIn(const Json& object, const std::string& where)
{
    const auto found = object.find("when");
    if (found == object.end())
        return When{};
    const std::string inside = where + ", when";
    if (!found->is_object())
        return bad("It is not a JSON object", "Write such as {\"audience\": \"gender = F\"}", inside);
    const auto params = paramsIn(*found, whenParams(), {}, inside);
    if (!params)
        return tl::unexpected(params.error());
    auto when = whenFrom(*params);
    if (!when)
        return badAt(when.error(), inside);
    return when;
}

Result<Rule> ruleIn(const Json& object, const std::string& place)
{
    if (!object.is_object())
        return bad(fmt::format("{} is not a rule", shown(object)), "A rule is a JSON object", place);
    const auto kind = kindIn(object, place);
    if (!kind)
        return tl::unexpected(kind.error());
    const std::string where = fmt::format("{} ({})", place, (*kind)->id);
    const auto params = paramsIn(object, (*kind)->params, {"rule", "name", "on", "when"}, where);
    if (!params)
        return tl::unexpected(params.error());
    auto action = (*kind)->make(*params);
    if (!action)
        return badAt(action.error(), where);
    auto name = textOf(object, "name", where);
    if (!name)
        return tl::unexpected(name.error());
    auto when = whenIn(object, where);
    if (!when)
        return tl::unexpected(when.error());
    const auto on = object.find("on");
    if (on != object.end() && !on->is_boolean())
        return bad(fmt::format("'on' cannot be {}", shown(*on)), "Give true or false", where);
    return Rule{std::move(*action), on == object.end() || on->get<bool>(), std::move(*when), std::move(*name)};
}

Result<Json> documentIn(std::string_view text)
{
    if (text.size() > longestFile)
        return bad("The file of rules is larger than 1 MB", "A set of rules is a few thousand bytes", {});
    if (isNestedDeep(text))
        return bad("This is not a file of rules: it is nested too deep", {}, {});
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains(formatKey))
        return bad("This is not a file of rules", fmt::format("It is a JSON object with \"{}\"", formatKey), {});
    if (json[std::string(formatKey)] != formatVersion)
        return bad(fmt::format("These rules are of version {}", shown(json[std::string(formatKey)])),
                   "This program reads version 1", {});
    for (const auto& [key, value] : json.items())
        if (key != formatKey && key != "name" && key != "rules")
            return bad(fmt::format("There is no setting '{}' of a set of rules", key), "Known are name, rules", {});
    return json;
}

} // namespace

RuleSet usualRules()
{
    return {"Usual rules",
            {{InStockRule{}},
             {UnseenRule{}},
             {MarginRule{}},
             {PromotedRule{}},
             {NewRule{}},
             {SessionRule{}},
             {CapRule{}},
             {CapRule{CapRule::Of::Brand, 2}}}};
}

std::string toJson(const RuleSet& set)
{
    Json rules = Json::array();
    for (const Rule& rule : set.rules)
        rules.push_back(jsonOf(rule));
    const Json json = {{formatKey, formatVersion}, {"name", set.name}, {"rules", std::move(rules)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<RuleSet> rulesFromJson(std::string_view text)
{
    const auto json = documentIn(text);
    if (!json)
        return tl::unexpected(json.error());
    RuleSet set;
    auto name = textOf(*json, "name", {});
    if (!name)
        return tl::unexpected(name.error());
    set.name = std::move(*name);
    const auto rules = json->find("rules");
    if (rules == json->end() || !rules->is_array() || rules->size() > RuleSet::mostRules)
        return bad(fmt::format("'rules' is not a list of at most {} rules", RuleSet::mostRules), {}, {});
    for (std::size_t i = 0; i < rules->size(); ++i) {
        auto rule = ruleIn((*rules)[i], fmt::format("rule {}", i + 1));
        if (!rule)
            return tl::unexpected(rule.error());
        set.rules.push_back(std::move(*rule));
    }
    return set;
}

} // namespace orrery
