// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/models/history_weigher.h"

#include <cstddef>
#include <vector>

namespace orrery::overlaps {

/// Expected entries of a dataset that count.
[[nodiscard]] double cellsOf(const DatasetShape& shape, Entries entries);

/// What a walk over all pairs of items with a person in common goes through, as a dataset's shape lets expect, for
/// estimates. Popularity is taken to be lognormal, as skewed as the shape says, and the pairs of entries of one person
/// to fall on pairs of items at random, in proportion to the popularity of both. On ml-latest-small and on generated
/// worlds of 300 to 60,000 items the pairs that really meet are .90 to 1.15 times those expected.
class Work {
public:
    [[nodiscard]] static Work of(const DatasetShape& shape, Entries entries);

    double cells = 0;    ///< entries that count
    double pairs = 0;    ///< of entries of one person
    double compared = 0; ///< ordered pairs of items with a person in common

    /// Cells of lists of the `wanted` closest of each item, among those with at least `support` people in common.
    [[nodiscard]] double kept(std::size_t wanted, int support = 1) const;
    /// Whether nothing is left out of such lists.
    [[nodiscard]] bool keepsAll(std::size_t wanted) const;
    /// Ordered pairs of items with so many people in common.
    [[nodiscard]] double meeting(int support) const;
    /// One thread's, of a walk that adds up whole numbers and takes `score` seconds for each pair that meets, with
    /// what comes before it.
    [[nodiscard]] double seconds(double score) const;

private:
    /// Items of one popularity.
    struct Group {
        double share = 0; ///< of the items
        double cells = 0; ///< expected of each
    };
    void groupItems(double items, double squaredColumns);
    /// How many others are expected to have `support` people in common with an item of this group.
    [[nodiscard]] double partners(const Group& group, int support) const;

    double m_items = 0;
    std::vector<Group> m_groups;
};

/// Of the rows of a sparse matrix of items and one of people, and of what every model keeps of each item.
[[nodiscard]] std::size_t bytesOfRows(const DatasetShape& shape);
/// At the peak of a fit that learns an ItemToItem from binary or whole weights, its lists having `kept` cells.
[[nodiscard]] std::size_t bytesOfItemToItem(const DatasetShape& shape, const Work& work, double kept);

} // namespace orrery::overlaps
