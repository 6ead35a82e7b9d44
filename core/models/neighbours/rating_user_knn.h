// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// Ratings predicted from similar people (Resnick et al., CSCW 1994; Herlocker et al., SIGIR 1999): see rating_knn.h
/// for the formula and rating_similarity.h for the measures. Training keeps the ratings, by person and by item; whoever
/// asks is compared with everybody who rated something of theirs, exactly, through the lists of the items: O(ratings of
/// the items of the history), memory O(ratings). Where too few neighbours rated an item, the bias baseline answers.
/// Similar items are found in the same way, by the same measure.
/// Errors of fit: Cancelled. Of load: Corrupt.
[[nodiscard]] Algorithm ratingUserKnnAlgorithm();

} // namespace orrery
