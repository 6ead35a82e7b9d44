// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Lets items that nobody or hardly anybody used inherit from the used items most like them in content (as mapping
/// content to latent factors does; Gantner, Drumond, Freudenthaler, Rendle & Schmidt-Thieme, ICDM 2010: kNN mapping).
/// With s the part's score, n(i) the people who used item i, e(i) = min(1, n(i) / warm-from) and N(i) the `neighbours`
/// used items with the largest cosines c(i, j) of content:
///     score(i) = e(i) s(i) + (1 - e(i)) * sum over j in N(i) of c(i, j) s(j) / sum of c(i, j) + bonus(i)
///     bonus(i) = exploration * d / root(1 + n(i))
/// where d is the standard deviation of the part's list for whoever asks: the width of LinUCB's interval for an item
/// whose only feature is itself (Li, Chu, Langford & Schapire, WWW 2010), at most `exploration` deviations, falling
/// with every person who used the item. An item without neighbours keeps its own score. For models of vectors this is
/// the mean of the neighbours' vectors and biases, and itemSpace() has it. Terms: the item's own part, one for each j
/// (`item` says which), the bonus.
[[nodiscard]] Algorithm inheritedAlgorithm();

} // namespace orrery
