// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// EASE (Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019). With X [people x items] the weights of
/// the interactions, B minimizes |X - X B|^2 + lambda |B|^2 under B_jj = 0, and a history x scores item j with (x B)_j.
/// In closed form, with P = (X^T X + lambda I)^-1: B_ij = -P_ij / P_jj. P replaces the Gram matrix in place
/// (symmetric_inverse.h), and B replaces P: items^2 floats in all, or only the strongest of each item where
/// `neighbours` is set. Similar items: by partial correlation -P_ij / sqrt(P_ii P_jj), which is what two items have in
/// common beyond all others.
/// The live loss is the share of |X|^2 that is not explained when items explain one another as far as they are done.
/// Errors of fit: Numeric where rounding leaves no inverse, OutOfMemory, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm easeAlgorithm();

} // namespace orrery
