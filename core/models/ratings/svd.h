// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Biased matrix factorization: rating = mean + item bias + person bias + <person, item> (Funk 2006; Koren, Bell &
/// Volinsky, IEEE Computer 2009). Items are learned by SGD (svd_trainer.h). Whoever asks, stored person or guest, is
/// folded in from the history by ridge regression on the item vectors (rating_factor_model.h).
/// Item and person vectors: [rows x factors], row-major float32.
/// Errors of fit: InvalidArgument for an empty dataset, Numeric where training diverges, OutOfMemory, Cancelled. Of
/// load: Corrupt.
[[nodiscard]] Algorithm svdAlgorithm();

} // namespace orrery
