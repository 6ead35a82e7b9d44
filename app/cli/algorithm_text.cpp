// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/algorithm_text.h"

#include "app/cli/text_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery::cli {

std::string allowedText(const ParamSpec& spec)
{
    switch (spec.type) {
    case ParamType::Boolean: return "true or false";
    case ParamType::Integer: return fmt::format("whole number, {:.0f} to {:.0f}", spec.low, spec.high);
    case ParamType::Real: return fmt::format("number, {} to {}", toText(spec.low), toText(spec.high));
    case ParamType::Text: return spec.format;
    case ParamType::Choice: break;
    }
    std::vector<std::string> ids;
    for (const auto& choice : spec.choices)
        ids.push_back(choice.id);
    return fmt::format("one of {}", fmt::join(ids, ", "));
}

std::string algorithmHelp(const Algorithm& algorithm)
{
    std::string out =
        fmt::format("{} ({})\n{}\n\n{}\n\nWhen to use it: {}\nFor an empty history: {}\n", algorithm.title,
                    algorithm.id, algorithm.family, algorithm.summary, algorithm.whenToUse, algorithm.fallback);
    if (!algorithm.paper.empty())
        out += fmt::format("Source: {}\n", algorithm.paper);
    if (!algorithm.can.reason.empty())
        out += fmt::format("Cannot do everything: {}\n", algorithm.can.reason);
    if (algorithm.params.empty())
        return out + "\nThere is nothing to set.\n";
    out += "\nParameters, for --set NAME=VALUE:\n";
    for (const auto& spec : algorithm.params)
        out += fmt::format("\n  {} = {}    ({})\n      {}\n", spec.id, toText(spec.fallback), allowedText(spec),
                           spec.help);
    return out;
}

std::string catalogueText()
{
    TextTable table({"id", "algorithm", "family", "predicts ratings", "parameters"});
    for (const auto& algorithm : catalogue()) {
        std::vector<std::string> ids;
        for (const auto& spec : algorithm.params)
            ids.push_back(spec.id);
        table.add({algorithm.id, algorithm.title, algorithm.family, algorithm.can.ratings ? "yes" : "no",
                   fmt::format("{}", fmt::join(ids, ", "))});
    }
    return table.text() + "\n'orrery-cli models ID' explains one and its parameters.\n";
}

} // namespace orrery::cli
