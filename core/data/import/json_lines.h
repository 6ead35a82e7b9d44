// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import/format.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::reading {

/// One JSON object, the last that was parsed; fields that are absent, null or of another type are not there.
class JsonObject {
public:
    JsonObject();
    ~JsonObject();
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    /// False where the text is no object.
    [[nodiscard]] bool parse(std::string_view text);
    [[nodiscard]] std::optional<std::string> text(std::string_view field) const;
    /// A number, or a text that is one: "$1,299.00" too.
    [[nodiscard]] std::optional<double> number(std::string_view field) const;
    /// A text, or all texts of a list and of lists in it, in order; of objects in a list the text of `within`.
    [[nodiscard]] std::vector<std::string> texts(std::string_view field, std::string_view within = {}) const;
    /// Of a text that is a list of objects: the texts of `within`.
    [[nodiscard]] static std::vector<std::string> textsIn(std::string_view list, std::string_view within);

private:
    struct Parser;
    std::unique_ptr<Parser> m_parser;
};

/// Reads a file of one JSON object a line; refused where a line is none.
[[nodiscard]] Status readJsonLines(Assembly& assembly, const FileSet& files, std::string_view name,
                                   std::string_view content,
                                   const std::function<std::optional<Refusal>(const JsonObject& object)>& onObject);

} // namespace orrery::reading
