// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/data/planted.h"

#include <vector>

namespace orrery {

/// A learnt factor and the planted dimension that it stands for.
struct PlantedMatch {
    std::size_t factor = 0, dimension = 0;
    double r = 0; ///< Pearson's, over the items
};

/// How much of what was planted in the items of a generated world is in a model's vectors.
struct PlantedComparison {
    /// The one-to-one pairs whose |r| have the greatest sum (Kuhn 1955), the strongest first; as many as there are
    /// factors or dimensions, whichever are fewer. A model may turn its factors as it likes: they then match weakly
    /// although all of the planted space is there, which `explained` says.
    std::vector<PlantedMatch> matches;
    /// Of each dimension, the adjusted R^2 of its linear regression on all factors: 1 - (1 - R^2) (n - 1) / (n - k - 1)
    /// for n items and k independent factors. About 0, and as often below it, of vectors that know nothing, however
    /// many factors there are. NaN of a dimension that all items have alike.
    std::vector<double> explained;
    double meanExplained = 0; ///< over the dimensions that vary
    std::size_t items = 0;    ///< that it is computed from
};

/// Row r of `vectors` is the item of row r of `planted`; rows of zeros are left out. Sums in double, in the order of
/// the rows. O(items x factors x (factors + dimensions)). Errors: InvalidArgument with fewer than two items more than
/// factors, or where nothing varies; Cancelled.
[[nodiscard]] ORRERY_API Result<PlantedComparison> comparePlanted(MatrixView vectors, const PlantedItems& planted,
                                                                  const JobContext& job);

} // namespace orrery
