// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/dataset.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// How far two sets meet: the people of two items, or the items of two people.
struct ORRERY_API Overlap {
    std::size_t both = 0, first = 0, second = 0;
    std::size_t all = 0; ///< who could be in them: the people that used anything, the items that anybody used

    /// How often the two meet for each time they would by chance, both * all / (first * second): above 1 they attract,
    /// below 1 they avoid each other. NaN where one of them is empty.
    [[nodiscard]] double lift() const;
};

/// A column of attributes in which two agree, and in what: "genres" {"Crime", "Drama"}, "year" {"1990s"}.
struct CommonAttribute {
    std::string name;
    std::vector<std::string> values;
    bool operator==(const CommonAttribute&) const = default;
};

/// What one has in common with another.
struct InCommon {
    /// In the order of the columns: the tags of both, equal texts and numbers, and of a "year" the year, or else the
    /// decade.
    std::vector<CommonAttribute> attributes;
    Overlap used, liked; ///< liked is Dataset::likedFrom()
};

/// Of an item with each of `others`: their attributes and their audience. O(people), once, and the sizes of the
/// audiences. Indices past the end have nothing in common with any.
[[nodiscard]] ORRERY_API std::vector<InCommon> inCommon(const Dataset& dataset, ItemIndex item,
                                                        std::span<const ItemIndex> others);
/// Of a person with each of `others`: what is known of both, and the items of both.
[[nodiscard]] ORRERY_API std::vector<InCommon> inCommon(const Dataset& dataset, UserIndex person,
                                                        std::span<const UserIndex> others);

} // namespace orrery
