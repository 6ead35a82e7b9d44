// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Latent semantic analysis: the matrix X [items x features] of content_features.h is about U S V^T; the item vectors
/// are the rows of U S for the largest singular values, and with `length` one they have the length 1. Scores and
/// reasons: vector_profile.h. measure("training loss", round, share of |X|^2 that is left).
/// Errors: those of contentFeatures; InvalidArgument where nothing is left to compare items by; Cancelled.
[[nodiscard]] Algorithm lsaAlgorithm();

} // namespace orrery
