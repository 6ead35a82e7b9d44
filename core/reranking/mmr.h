// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/reranking/rule.h"
#include "core/reranking/rule_catalog.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// How alike two items are, by vectors the cosine, by categories the Jaccard index of their sets (0 of two empty ones).
[[nodiscard]] ORRERY_API double similarityOf(const RuleCatalog& catalog, DiversityRule::By by, ItemIndex a,
                                             ItemIndex b);

/// Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): places of `items` in the order in which they are
/// chosen, at most n. Each time the one with the largest
///     lambda * relevance - (1 - lambda) * max(0, largest similarity to what is chosen or `above`)
/// of equal ones the more relevant, then the lower item. `relevance`: one an item, finite, 1 for the best is usual. By
/// vectors where the catalog has none, by categories. O(n items length); 4 items length bytes.
[[nodiscard]] ORRERY_API std::vector<std::uint32_t> mmrOrder(const RuleCatalog& catalog, DiversityRule::By by,
                                                             std::span<const ItemIndex> items,
                                                             std::span<const float> relevance, double lambda,
                                                             std::size_t n, std::span<const ItemIndex> above = {});

} // namespace orrery
