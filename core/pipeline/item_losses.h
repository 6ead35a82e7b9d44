// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/funnel.h"

#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Where one item goes on its way to many people: every one of them is counted once.
struct ORRERY_API ItemLosses {
    std::size_t people = 0;
    std::size_t seen = 0;     ///< have it already
    std::size_t notFound = 0; ///< no source proposes it to them, or only beyond the candidates that are kept
    std::size_t ranked = 0;   ///< lost in ranking: a candidate that stands below the first k, and that no rule touched
    struct ByRule {
        std::string rule;        ///< in words
        std::size_t dropped = 0; ///< people from whose list it drops the item
        std::size_t pushed = 0;  ///< from whose first k it pushed the item: it stood there before the rules
    };
    std::vector<ByRule> rules;
    std::size_t listed = 0;           ///< among the first k
    std::size_t brought = 0;          ///< of these, those where only the rules brought it there
    std::vector<std::size_t> foundBy; ///< by source of the recipe: people to whom it proposes the item

    [[nodiscard]] std::size_t lostInRules() const;
};

/// What becomes of the item for these people. Parallel over people; the same on any number of threads. Errors:
/// Cancelled.
[[nodiscard]] ORRERY_API Result<ItemLosses> lossesOf(const Funnel& funnel, std::span<const Query> queries,
                                                     ItemIndex item, std::size_t k, const JobContext& job);

} // namespace orrery
