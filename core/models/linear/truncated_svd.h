// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

#include <cstddef>
#include <vector>

namespace orrery {

struct SvdSettings {
    std::size_t rank = 50;
    /// A singular vector v with value s is found when |X^T X v - s^2 v| is at most this share of the largest s^2.
    double precision = 1e-6;
    int rounds = 40; ///< at most; then the vectors are as good as they are
};

/// X [people x items] is about U diag(values) right^T.
struct TruncatedSvd {
    std::vector<double> values; ///< falling; at most `rank`: those below 1e-7 of the first are rounding, and left out
    Matrix right;               ///< [items x values], orthonormal columns; the largest element of each is above 0
};

/// The largest singular values of a sparse matrix and their right singular vectors, by subspace iteration with a
/// Chebyshev filter (Zhou, Saad, Tiago & Chelikowsky, Physical Review E 74, 2006) on X^T X, from a block that is
/// random but always the same. In double, in parallel; the same bits on any number of threads. Left vectors are X v /
/// value. measure("training loss", round, share of |X|^2 that is left). A matrix without a value other than 0 has no
/// values. Errors: Cancelled.
[[nodiscard]] Result<TruncatedSvd> truncatedSvd(const SparseMatrix& matrix, const SvdSettings& settings,
                                                const JobContext& job);

} // namespace orrery
