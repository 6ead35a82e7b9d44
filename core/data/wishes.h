// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// One thing asked of an item: a hard constraint, or a preference with a weight.
struct Wish {
    enum class Relation { Is, IsNot, Less, AtMost, More, AtLeast, Mentions };

    std::string column;
    Relation relation = Relation::Is;
    std::string value; ///< as written
    double number = 0; ///< of Less ... AtLeast
    bool hard = true;  ///< must hold; else `weight` is added where it does
    double weight = 1;
    std::string words; ///< as written, for people: "genres != Horror"

    /// Whether it holds for the item. What is not known of an item is not held against it by IsNot, and fulfils nothing
    /// else. Texts and tags are compared without regard to case.
    [[nodiscard]] ORRERY_API bool holdsFor(const Dataset& dataset, ItemIndex item) const;
};

/// Reads wishes, separated by semicolons: `year 1990..1999; price < 20; genres != Horror; prefer genres = Comedy * 2;
/// plot ~ train`. A range is two wishes. Errors: InvalidArgument that quotes what is not understood.
[[nodiscard]] ORRERY_API Result<std::vector<Wish>> parseWishes(std::string_view text);

/// A column that no item has is an error that lists those there are: InvalidArgument.
[[nodiscard]] ORRERY_API Status checkWishes(const std::vector<Wish>& wishes, const Dataset& dataset);

} // namespace orrery
