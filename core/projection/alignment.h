// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/projection/item_map.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace orrery {

/// A row of one layout and the row of another that is the same item.
using SamePoints = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// The items that both maps show, as (point of `a`, point of `b`), in the order of a.
[[nodiscard]] ORRERY_API SamePoints sharedPoints(const ItemMap& a, const ItemMap& b);

/// `layout` turned, perhaps mirrored, and moved so that the points of `same` lie as near as can be to their twins in
/// `reference` (least squares: orthogonal Procrustes, Schönemann 1966; Psychometrika 31). Distances stay what they are.
/// With fewer than two pairs it is returned as it is.
[[nodiscard]] ORRERY_API Layout aligned(const Layout& layout, const Layout& reference, const SamePoints& same);

/// Where a map's items begin when another map is to look like `shown`: each at its place there, those that are not
/// there around the middle of it, not all at one place. `shown` has points.
[[nodiscard]] ORRERY_API Layout startLike(const ItemMap& shown, const ItemMap& map);

/// The places of a map's items, in their order.
[[nodiscard]] ORRERY_API Layout layoutOf(const ItemMap& map);

} // namespace orrery
