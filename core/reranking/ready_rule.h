// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/rule_conditions.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orrery {

/// A rule with all that it says of the items of a catalog, looked up once.
struct ReadyRule {
    RuleConditions conditions;
    std::string lacks;              ///< what it cannot do without; else empty
    std::vector<std::uint8_t> fits; ///< by item: `where` holds, or the rule is about it
    std::vector<float> factors;     ///< by item, of PositionBiasRule
    ItemIndex pin = {};
};

/// Of a rule that is off only the conditions. Errors: InvalidArgument for a column that no item has, an item that there
/// is not, conditions that cannot be read.
[[nodiscard]] Result<ReadyRule> makeReady(const Rule& rule, const RuleCatalog& catalog);

} // namespace orrery
