// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/import/json_lines.h"

#include <algorithm>

#include <simdjson.h>

namespace orrery::reading {
namespace {

using simdjson::dom::element, simdjson::dom::element_type;

void collect(const element& value, std::string_view within, std::vector<std::string>& out)
{
    if (value.is_string()) {
        out.emplace_back(std::string_view(value));
    } else if (value.is_array()) {
        for (const element& part : simdjson::dom::array(value))
            collect(part, within, out);
    } else if (value.is_object() && !within.empty()) {
        std::string_view text;
        if (value[within].get_string().get(text) == simdjson::SUCCESS)
            out.emplace_back(text);
    }
}

// "$1,299.00", "12.5".
std::optional<double> numberIn(std::string_view text)
{
    std::string plain(trimmed(text));
    std::erase(plain, ',');
    if (plain.starts_with('$'))
        plain.erase(0, 1);
    return parseDouble(plain);
}

} // namespace

struct JsonObject::Parser {
    simdjson::dom::parser parser;
    element root;

    [[nodiscard]] std::optional<element> find(std::string_view field) const
    {
        element found;
        if (root[field].get(found) != simdjson::SUCCESS || found.is_null())
            return std::nullopt;
        return found;
    }
};

JsonObject::JsonObject() : m_parser(std::make_unique<Parser>()) {}
JsonObject::~JsonObject() = default;

bool JsonObject::parse(std::string_view text)
{
    // Copied: the parser reads some bytes past the end.
    return m_parser->parser.parse(text.data(), text.size(), true).get(m_parser->root) == simdjson::SUCCESS &&
           m_parser->root.is_object();
}

std::optional<std::string> JsonObject::text(std::string_view field) const
{
    const auto found = m_parser->find(field);
    return found && found->is_string() ? std::optional(std::string(std::string_view(*found))) : std::nullopt;
}

std::optional<double> JsonObject::number(std::string_view field) const
{
    const auto found = m_parser->find(field);
    double value = 0;
    if (found && found->get_double().get(value) == simdjson::SUCCESS)
        return value;
    return found && found->is_string() ? numberIn(std::string_view(*found)) : std::nullopt;
}

std::vector<std::string> JsonObject::texts(std::string_view field, std::string_view within) const
{
    std::vector<std::string> out;
    if (const auto found = m_parser->find(field))
        collect(*found, within, out);
    return out;
}

std::vector<std::string> JsonObject::textsIn(std::string_view list, std::string_view within)
{
    simdjson::dom::parser parser;
    element root;
    std::vector<std::string> out;
    if (!list.empty() && parser.parse(list.data(), list.size(), true).get(root) == simdjson::SUCCESS)
        collect(root, within, out);
    return out;
}

Status readJsonLines(Assembly& assembly, const FileSet& files, std::string_view name, std::string_view content,
                     const std::function<std::optional<Refusal>(const JsonObject&)>& onObject)
{
    // JSON holds no such character, so that a line is one field.
    static const Dialect wholeLines{"\x01", false};
    JsonObject object;
    return readRecords(assembly, files, name, content, wholeLines, 1,
                       [&](const Record& record) -> std::optional<Refusal> {
                           if (!object.parse(record.raw))
                               return Refusal{Fault::NotJson, "the line is no JSON object"};
                           return onObject(object);
                       });
}

} // namespace orrery::reading
