// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Probabilistic matrix factorization (Salakhutdinov & Mnih, NIPS 2007): rating = mean + <person, item>, without biases
/// and with Gaussian priors, found by gradient descent (svd_trainer.h). Whoever asks is folded in by ridge regression
/// around the average person (rating_factor_model.h). Vectors: [rows x factors], row-major float32; people's are
/// differences from the average person. Errors of fit: Numeric where training diverges, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm pmfAlgorithm();

} // namespace orrery
