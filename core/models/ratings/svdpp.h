// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// SVD++ (Koren, KDD 2008): SVD, and which items a person rated at all says something as well. Items are learned by
/// gradient descent (svdpp_trainer.h); whoever asks is folded in from the history, its implicit part first, then by
/// ridge regression (rating_factor_model.h). Vectors: [rows x factors], row-major float32.
/// Errors of fit: Numeric where training diverges, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm svdppAlgorithm();

} // namespace orrery
