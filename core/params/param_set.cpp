// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/params/param_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::ordered_json;

template <class T> std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string allowed(const ParamSpec& spec)
{
    switch (spec.type) {
    case ParamType::Boolean: return "true or false";
    case ParamType::Integer: return fmt::format("a whole number from {:.0f} to {:.0f}", spec.low, spec.high);
    case ParamType::Real: return fmt::format("a number from {:g} to {:g}", spec.low, spec.high);
    case ParamType::Text: return spec.format;
    case ParamType::Choice: break;
    }
    std::vector<std::string> ids;
    for (const auto& choice : spec.choices)
        ids.push_back(choice.id);
    return fmt::format("one of {}", fmt::join(ids, ", "));
}

tl::unexpected<Error> refused(const ParamSpec& spec, std::string_view value)
{
    return error(Code::InvalidArgument, fmt::format("'{}' is not a value for {}", value, spec.id),
                 fmt::format("Give {}", allowed(spec)), spec.id);
}

const ParamSpec* findSpec(std::span<const ParamSpec> specs, std::string_view id)
{
    const auto found = std::ranges::find(specs, id, &ParamSpec::id);
    return found == specs.end() ? nullptr : &*found;
}

tl::unexpected<Error> unknown(std::span<const ParamSpec> specs, std::string_view id)
{
    std::vector<std::string> ids;
    for (const auto& spec : specs)
        ids.push_back(spec.id);
    return error(Code::InvalidArgument, fmt::format("There is no parameter '{}'", id),
                 ids.empty() ? std::string("It has no parameters") : fmt::format("Known are {}", fmt::join(ids, ", ")));
}

ParamValue fromJsonValue(const Json& value)
{
    if (value.is_boolean())
        return value.get<bool>();
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    if (value.is_number())
        return value.get<double>();
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

const ParamValue* ParamSet::find(const std::string& id) const
{
    const auto found = m_values.find(id);
    return found == m_values.end() ? nullptr : &found->second;
}

std::string toText(const ParamValue& value)
{
    return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

Result<ParamValue> parseValue(const ParamSpec& spec, std::string_view text)
{
    ParamValue value = std::string(text);
    if (spec.type == ParamType::Boolean && (text == "true" || text == "false"))
        value = text == "true";
    else if (const auto whole = number<std::int64_t>(text); spec.type == ParamType::Integer && whole)
        value = *whole;
    else if (const auto real = number<double>(text); spec.type == ParamType::Real && real)
        value = *real;
    if (const auto valid = validate(spec, value); !valid)
        return tl::unexpected(valid.error());
    return value;
}

Status validate(const ParamSpec& spec, const ParamValue& value)
{
    const auto inRange = [&](double x) { return std::isfinite(x) && x >= spec.low && x <= spec.high; };
    bool fine = false;
    switch (spec.type) {
    case ParamType::Boolean: fine = std::holds_alternative<bool>(value); break;
    case ParamType::Integer: {
        const auto* whole = std::get_if<std::int64_t>(&value);
        fine = whole && inRange(static_cast<double>(*whole));
        break;
    }
    case ParamType::Real: {
        const auto* real = std::get_if<double>(&value);
        fine = real && inRange(*real);
        break;
    }
    case ParamType::Choice: {
        const auto* text = std::get_if<std::string>(&value);
        fine = text && std::ranges::any_of(spec.choices, [&](const auto& choice) { return choice.id == *text; });
        break;
    }
    case ParamType::Text: {
        const auto* text = std::get_if<std::string>(&value);
        fine = text != nullptr;
        if (!text)
            break;
        if (auto understood = spec.check(*text); !understood) {
            understood.error().where = spec.id;
            return understood;
        }
        break;
    }
    }
    if (!fine)
        return refused(spec, toText(value));
    return {};
}

Result<ParamSet> parseAssignments(std::span<const ParamSpec> specs, std::span<const std::string> assignments)
{
    ParamSet set;
    for (const auto& assignment : assignments) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos)
            return error(Code::InvalidArgument, fmt::format("'{}' is not a setting", assignment), "Write name=value");
        const std::string id = assignment.substr(0, equals);
        const ParamSpec* spec = findSpec(specs, id);
        if (!spec)
            return unknown(specs, id);
        auto value = parseValue(*spec, std::string_view(assignment).substr(equals + 1));
        if (!value)
            return tl::unexpected(value.error());
        set.set(id, std::move(*value));
    }
    return set;
}

ParamSet complete(std::span<const ParamSpec> specs, const ParamSet& set)
{
    ParamSet full;
    for (const auto& spec : specs) {
        const ParamValue* value = set.find(spec.id);
        full.set(spec.id, value ? *value : spec.fallback);
    }
    return full;
}

std::string toJson(const ParamSet& set)
{
    Json object = Json::object();
    for (const auto& [id, value] : set.values())
        std::visit([&, &key = id](const auto& held) { object[key] = held; }, value);
    return object.dump();
}

Result<ParamSet> paramsFromJson(std::span<const ParamSpec> specs, std::string_view json)
{
    const Json object = Json::parse(json, nullptr, false);
    if (!object.is_object())
        return error(Code::InvalidArgument, "The parameters are not a JSON object");
    ParamSet set;
    for (const auto& [id, held] : object.items()) {
        const ParamSpec* spec = findSpec(specs, id);
        if (!spec)
            return unknown(specs, id);
        ParamValue value = fromJsonValue(held);
        if (const auto* whole = std::get_if<std::int64_t>(&value); whole && spec->type == ParamType::Real)
            value = static_cast<double>(*whole);
        if (const auto valid = validate(*spec, value); !valid)
            return tl::unexpected(valid.error());
        set.set(id, std::move(value));
    }
    return set;
}

} // namespace orrery
