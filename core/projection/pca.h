// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/projection/projection.h"

#include <array>

namespace orrery {

struct PrincipalComponents {
    Layout layout;
    std::array<double, 2> explained{}; ///< share of the variance along x and along y, in [0, 1]; 0 without variance
};

/// The two directions along which the vectors differ most (Pearson, Phil. Mag. 1901): the first eigenvectors of their
/// covariance, whose entry of the largest size is made positive (the first of equals), so that a map is never
/// mirrored by chance. Of Cosine the vectors are brought to length 1 first; Dot and Euclidean are as they lie.
///
/// Up to 512 columns the covariance is decomposed, in double: O(rows x length^2). Beyond, subspace iteration until the
/// two directions stand still. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<PrincipalComponents> principalComponents(MatrixView vectors, SpaceMetric metric,
                                                                         const JobContext& job);

[[nodiscard]] ProjectionMethod pcaMethod();

} // namespace orrery
