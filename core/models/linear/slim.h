// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/catalogue.h"

namespace orrery {

/// SLIM (Ning & Karypis: Sparse linear methods for top-N recommender systems, ICDM 2011). With X [people x items] the
/// weights of the interactions, column j of W minimizes |x_j - X w|^2 / 2 + l2 / 2 |w|^2 + l1 |w|_1 under w >= 0 and
/// w_j = 0 (slim_solver.h), and a history x scores item j with (x W)_j. W is sparse: tens to hundreds of items speak
/// for each. Columns do not depend on one another and are solved in parallel, from X^T X, which holds a value for each
/// pair of items with a person in common. Similar items: the largest weights of an item's column.
/// The live loss is the share of |X|^2 that is not explained, of the items solved so far.
/// Errors of fit: InvalidArgument for negative weights, Cancelled, OutOfMemory. Of load: Corrupt.
[[nodiscard]] Algorithm slimAlgorithm();

} // namespace orrery
