// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Non-negative matrix factorization (Luo et al. 2014, after Lee & Seung 1999); training in nmf_trainer.h. The item
/// vectors are >= 0: each factor is a part that items have more or less of. Whoever asks is folded in by ridge
/// regression (rating_factor_model.h), which may come to lie below zero in a factor, and keeps every reason linear in
/// the ratings. Vectors: [rows x factors], row-major float32; people's are differences from the average person where
/// there are no biases. Errors of fit: InvalidArgument for negative ratings, Numeric, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm nmfAlgorithm();

} // namespace orrery
