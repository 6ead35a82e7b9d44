// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/list_column.h"
#include "ui/rules/rules_engine.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace orrery::ui {

/// Before and after as columns: what left says which rule dropped it or where it stands now, what moved by how much.
[[nodiscard]] std::vector<ColumnContent> effectColumns(const Dataset& dataset, const PersonEffect& effect,
                                                       const RuleSet& rules, int colour, std::size_t rows);
/// "3 entered, 3 left, 4 moved"
[[nodiscard]] QString effectInShort(const PersonEffect& effect);
/// What each rule did to all candidates, a line each: "At most 3 of a category – 655 dropped".
[[nodiscard]] QStringList effectsOf(const Dataset& dataset, const PersonEffect& effect, const RuleSet& rules);
/// The way of an item through the rules, a line each: "At most 3 of a category – out, 3 of 'Phones' stand before it".
[[nodiscard]] QStringList wayOf(const Dataset& dataset, ItemIndex item, const PersonEffect& effect,
                                const RuleSet& rules);

} // namespace orrery::ui
