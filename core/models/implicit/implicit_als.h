// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Implicit-feedback ALS (Hu, Koren & Volinsky, ICDM 2008): every cell of the matrix is learned from, those that are
/// preferred with confidence 1 + w, all others as "not preferred" with confidence 1. Fold-in and explanations
/// (section 5 of the paper) are exact solutions of one person's equations.
[[nodiscard]] Algorithm implicitAlsAlgorithm();

} // namespace orrery
