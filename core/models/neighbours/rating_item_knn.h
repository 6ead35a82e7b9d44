// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Ratings predicted from similar items (Sarwar, Karypis, Konstan & Riedl, WWW 2001): see rating_knn.h for the formula
/// and rating_similarity.h for the measures. Of each item only the `kept` most similar are stored, those with a
/// similarity above 0, ties by index: memory O(items * kept). An item is predicted from those of its stored items that
/// the history rates; where they are too few, the bias baseline answers. With `kept` as large as the catalog nothing is
/// left out. Errors of fit: Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm ratingItemKnnAlgorithm();

} // namespace orrery
