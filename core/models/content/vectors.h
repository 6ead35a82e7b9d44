// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Item vectors that were computed elsewhere (core/data/item_vectors.h) as a content space: scores and reasons as in
/// vector_profile.h. Without a name, the first column of vectors is taken. With `length` one they are scaled to the
/// length 1; with `mean` the mean of the known vectors is taken off first, so that what all items have in common (as
/// embeddings of texts often do) tells none apart. Nothing is learnt from the interactions but their popularity.
/// Errors: NotFound for a column that is not there; InvalidArgument where all vectors are the same; Cancelled.
[[nodiscard]] Algorithm vectorsAlgorithm();

} // namespace orrery
