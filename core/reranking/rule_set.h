// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/reranking/rule.h"

#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// An ordered stack of rules under a name. A plain value: an edit is a copy, undo is the copy before.
struct RuleSet {
    static constexpr std::size_t mostRules = 100;

    std::string name;
    std::vector<Rule> rules; ///< the first acts first
};

/// In stock, not seen, at most 3 of a category and 2 of a brand, the four boosts of a shop.
[[nodiscard]] ORRERY_API RuleSet usualRules();

/// {"orrery-rules": 1, "name": ..., "rules": [{"rule": "cap", "of": "brand", "most": 2, "on": true, "when": {...}}]},
/// two blanks of indent, with every setting.
[[nodiscard]] ORRERY_API std::string toJson(const RuleSet& set);
/// Reads such a file, which may be anybody's: settings that are absent have their defaults; unknown rules, unknown
/// settings, wrong types, values out of range, unreadable conditions, more than mostRules rules, texts above 1,000
/// bytes and files above 1 MB are errors that name the rule and the setting. Errors: BadFile.
[[nodiscard]] ORRERY_API Result<RuleSet> rulesFromJson(std::string_view json);

} // namespace orrery
