// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// LightFM (Kula, CBRecSys 2015): the vector of an item is the sum of those of its tags and ranges of numbers and of
/// one of its own; that of a person, of those of what is known of them and of one of their own. So new items have
/// vectors through their attributes, and new people through what they say of themselves. score(i) = bias(i) + <sum of
/// the facts' vectors + x, vector(i)>, where x is folded in from the history by the convex loss of pairs
/// (RankingFoldIn), with what the facts say of an item as part of its bias.
[[nodiscard]] Algorithm lightFmAlgorithm();

} // namespace orrery
