// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Item-based nearest neighbours (Sarwar et al., WWW 2001; Deshpande & Karypis, TOIS 2004), with similarities shrunk
/// as by Bell & Koren (ICDM 2007). Keeps for each item i its k most similar items N(i); a history with weights w_j
/// scores item i with the sum of similarity(i, j) * w_j over the j of the history in N(i); where none is, with the
/// item's popularity on a scale below. Any history is answered from the lists alone.
[[nodiscard]] Algorithm itemKnnAlgorithm();

} // namespace orrery
