// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/reranking/rule_set.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// A rule that two sets do not have alike.
struct RuleDifference {
    enum class Kind {
        Added,   ///< only b has it
        Removed, ///< only a has it
        Changed, ///< both have one of the kind, with other settings, conditions or name, or switched on in one only
        Moved,   ///< both have the same, at another place among those that both have
    };
    Kind kind = Kind::Added;
    std::optional<std::size_t> inA, inB; ///< places in the sets
    std::string text;                    ///< "'promoted x 1.2': factor 1.2 -> 1.5; switched off", in plain words
};

/// What becomes of a when it is to be b: rules that are the same stay in their order as far as goes (longest common
/// subsequence), the others of them are moved; what is left is paired by kind, those with most settings in common
/// first. In the order of b; what is removed stands last, in the order of a. Empty: both act alike.
[[nodiscard]] ORRERY_API std::vector<RuleDifference> compareRules(const RuleSet& a, const RuleSet& b);

} // namespace orrery
