// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// PureSVD (Cremonesi, Koren & Turrin: Performance of recommender algorithms on top-n recommendation tasks, RecSys
/// 2010). With X [people x items] the weights of the interactions, 0 where there is none, and V its first right
/// singular vectors [items x factors], a history x scores item i with (x V V^T)_i = sum over its items j of
/// x_j <v_j, v_i>: any history is answered without training, and each entry's part is exact. Items lie at V diag(s)
/// (so that their dot products are those of the columns of X, as far as V reaches) and people at x V.
/// Errors of fit: Numeric where all weights are 0, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm pureSvdAlgorithm();

} // namespace orrery
