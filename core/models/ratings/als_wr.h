// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Alternating least squares with weighted lambda regularization (Zhou, Wilkinson, Schreiber & Pan, AAIM 2008);
/// training in als_wr_trainer.h. Whoever asks is folded in by the very equations that train a person, so that a stored
/// person's fold-in is the trained vector (up to the last half-step on the items).
/// Vectors: [rows x factors], row-major float32. Errors of fit: Numeric, Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm alsWrAlgorithm();

} // namespace orrery
