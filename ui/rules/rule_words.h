// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule_catalog.h"
#include "core/reranking/rule_set.h"

#include <QString>

#include <optional>
#include <string>

namespace orrery::ui {

/// The last place of a list that people see: what a boost is read at.
inline constexpr double readPlace = 10;

/// What a rule does, as its row says it: "Promoted: about 4 places up", "At most 3 of a category", or its name; a pin
/// by the title of its item. `dataset` may be null.
[[nodiscard]] QString ruleTitle(const Rule& rule, const Dataset* dataset);
/// More of the same for the tooltip: what its kind does, and what a factor does to other places.
[[nodiscard]] QString ruleTip(const Rule& rule);
/// When it holds: "everyone · always", "gender = F · home · until 2026-12-01".
[[nodiscard]] QString whenWords(const When& when);
/// What dropped an item, in a word or two: "cap", "sold out".
[[nodiscard]] QString dropWord(const RuleAction& action);

/// The setting that a row of the stack can change at once, and where its slider ends.
struct MainSetting {
    ParamSpec spec;
    double low = 0, high = 1;
    ParamScale scale = ParamScale::Linear;
};
/// None where a kind has no number.
[[nodiscard]] std::optional<MainSetting> mainSetting(const RuleAction& action);
[[nodiscard]] double numberOf(const RuleAction& action, const std::string& setting);
/// The same with another number; itself where that is not allowed.
[[nodiscard]] RuleAction withNumber(const RuleAction& action, const MainSetting& setting, double number);

/// A rule of this kind (place in ruleKinds()) to begin with, that acts on something of this catalog; `item`: what a pin
/// takes. None where there is nothing that it could be about.
[[nodiscard]] std::optional<Rule> firstRule(std::size_t kind, const RuleCatalog& catalog,
                                            std::optional<ItemIndex> item);
/// Why a kind cannot do anything here; empty where it can.
[[nodiscard]] QString whyNoUse(std::size_t kind, const RuleCatalog& catalog);

} // namespace orrery::ui
