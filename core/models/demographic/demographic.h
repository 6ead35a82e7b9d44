// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// What is popular among people alike (demographic filtering; Pazzani, Artificial Intelligence Review 1999). People are
/// clustered by what is known of them (person_clusters.h). With n(c, i) of the N(c) people of a cluster who used item
/// i, and p(i) the share of all people who did:
///     score(i) = (n(c, i) + m p(i)) / (N(c) + m)
/// so that a small cluster is held to all people as if m of them were in it. Whoever says nothing that is known of
/// anybody gets p(i). Used is whatever has a value above 0; people without anything do not count. Terms: n(c, i) /
/// (N(c) + m) and m p(i) / (N(c) + m).
[[nodiscard]] Algorithm demographicAlgorithm();

} // namespace orrery
