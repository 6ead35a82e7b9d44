// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// What is known of an item before anybody used it: how much the items of its categories are used. With p(c) the people
/// of all items of category c, over how many of these items anybody used:
///     score(i) = mean of p(c) over the categories c of i
/// and the mean over all used items for an item without categories. Categories are the tags of the items that at least
/// two share; where items have no tags, their words. Values above 0 count as use.
[[nodiscard]] Algorithm categoryPopularityAlgorithm();

} // namespace orrery
