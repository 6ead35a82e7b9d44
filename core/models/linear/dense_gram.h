// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace orrery {

/// X^T X of X [people x items]: element (i, j) is the sum over people of x_i * x_j, in double, rounded once. Only the
/// lower triangle is set. O(sum over people of their cells squared). The same bits on any number of threads.
/// Errors: Cancelled.
[[nodiscard]] Result<Matrix> denseGram(const SparseMatrix& matrix, const JobContext& job);

} // namespace orrery
