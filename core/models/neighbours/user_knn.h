// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// User-based nearest neighbours for lists (Herlocker, Konstan, Borchers & Riedl, SIGIR 1999, for implicit feedback;
/// measures as in document_weights.h, with people as rows). A history scores item i with the sum over its k most
/// similar people of similarity * what i weighs for them; where that is 0, with the item's popularity on a scale below.
/// People who used nothing beyond the history have nothing to say of other items and take no place among the k: a known
/// person is none of their own neighbours, and needs not be told apart from a guest. Ties go to the lower index.
/// Training keeps the weights, by person and by item; whoever asks is compared through the lists of the items, exactly.
/// Similar items are compared in the same way, by cosine.
/// Errors of fit: InvalidArgument (no entry counts, weights below 0 with TF-IDF or BM25), Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm userKnnAlgorithm();

} // namespace orrery
