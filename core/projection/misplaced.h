// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/attribute_table.h"
#include "core/projection/item_map.h"

#include <cstdint>
#include <vector>

namespace orrery {

/// An item whose neighbours are of other kinds than it is.
struct Misplaced {
    ItemIndex item;
    std::uint32_t alike = 0;           ///< of its neighbours, those that share a tag with it
    double share = 0;                  ///< of all items, those that do
    double chance = 1;                 ///< that so few of its neighbours would if they were drawn from all items
    std::vector<std::uint32_t> around; ///< tags of its neighbours, the most frequent first, at most three
};

/// What tags say of where a model puts items.
struct Misplacement {
    std::size_t neighbours = 0;   ///< of each item, by its vector: 20, or all others
    std::vector<float> alike;     ///< by item: share of its neighbours with a tag in common; NaN where it has none
    std::vector<Misplaced> worst; ///< chance at most .05, the least likely first, of equal ones the lower item
};

/// Of the items of a map, by their vectors; `map` needs no points. Even chance would have put items with a tag in
/// common among the neighbours of a misplaced one: chance = P(X <= alike), X binomial of `neighbours` draws with
/// `share`, which is taken from 1,000 items drawn with a fixed seed where there are more. Neighbours without tags do
/// not count as alike. The same on any number of threads. Errors: as nearestNeighbours().
[[nodiscard]] ORRERY_API Result<Misplacement> misplacedItems(const ItemMap& map, const TagColumn& tags,
                                                             const JobContext& job);

} // namespace orrery
