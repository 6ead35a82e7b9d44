// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Contextual post-filtering by weight (Panniello, Tuzhilin, Gorgoglione, Palmisano & Pedone, RecSys 2009): the part's
/// score on the scale of its list, in standard deviations, plus strength * ln lift, where
///     lift = (events of the item in the circumstances + a P(c)) / ((events of the item + a) P(c))
/// is P(item | circumstances) / P(item), held to 1 as though each item had `a` more events spread as all events are.
[[nodiscard]] Algorithm contextWeightsAlgorithm();

} // namespace orrery
