// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// The first part chooses candidates, the second orders them (Burke, 2002: "cascade"). With s1 and s2 the parts'
/// scores, each brought to 0 .. 1 over the items it speaks for here (all but the candidates; the candidates):
///     a candidate:       2 + s2(item)
///     any other item:    s1(item)
/// so all candidates come first, in the second part's order, and the others after, in the first part's. Candidates
/// are the n items with the highest s1, ties by index, that are not in the history.
[[nodiscard]] Algorithm cascadeAlgorithm();

} // namespace orrery
