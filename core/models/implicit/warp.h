// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Weighted approximate-rank pairwise loss (Weston, Bengio & Usunier, IJCAI 2011): pairs that are out of order weigh by
/// the estimated rank of the liked item. A person is folded in by the smooth loss of pairs (ranking_fold_in.h).
[[nodiscard]] Algorithm warpAlgorithm();

} // namespace orrery
