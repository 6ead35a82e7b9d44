// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/query.h"
#include "core/reranking/rule_catalog.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// A category and its share.
struct CategoryShare {
    std::uint32_t category = 0; ///< ItemGroup::Category of the catalog
    double share = 0;
};
/// p(g|u) of Steck, "Calibrated recommendations" (RecSys 2018): every item of the history that has categories counts
/// its value (1 where values are not above 0), in equal parts for each of its categories. By category; sums to 1, or
/// empty where the history tells of none.
[[nodiscard]] ORRERY_API std::vector<CategoryShare> sharesOf(const RuleCatalog& catalog, const History& history);

/// How far a list is from such shares: KL(p || (1 - a) q + a p), a = .01, of the list's own shares q (equal weights;
/// an item without categories leaves its part to none). 0: the same. Of an empty `wanted` 0.
[[nodiscard]] ORRERY_API double calibrationGap(const RuleCatalog& catalog, std::span<const CategoryShare> wanted,
                                               std::span<const ItemIndex> list);

/// Places of `items` in the order in which they are chosen, at most n: each time the one with which
///     (1 - lambda) * sum of relevance - lambda * calibrationGap
/// of what is chosen (and `above`) is largest; of equal ones the more relevant, then the lower item. Greedy, within
/// 1 - 1/e of the best set (Steck). O(n (items tags + wanted)).
[[nodiscard]] ORRERY_API std::vector<std::uint32_t>
calibratedOrder(const RuleCatalog& catalog, std::span<const CategoryShare> wanted, std::span<const ItemIndex> items,
                std::span<const float> relevance, double lambda, std::size_t n, std::span<const ItemIndex> above = {});

} // namespace orrery
