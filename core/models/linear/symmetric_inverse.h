// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"

#include <cstddef>
#include <functional>

namespace orrery {

/// Replaces a symmetric positive definite matrix [n x n] by its inverse, in place. Reads only the lower triangle; the
/// result is whole and symmetric bit by bit. Blocked sweep operator (Goodnight, The American Statistician 33, 1979):
/// one pass over the pivots, in which nearly all of the n^3 operations are products of blocks that do not depend on one
/// another. So it needs no second matrix (2 x n x 288 floats beside it), shares out well, hears a cancel within a few
/// milliseconds, and gives the same bits on any number of threads.
/// `after(done)` is called in between, on the calling thread, when the first `done` pivots are swept: then
/// -1 / matrix(j, j) of a swept j is its variance given the other swept ones, as matrix(j, j) of the rest is given
/// them. Errors: Numeric where the matrix is not positive definite, Cancelled; then its values mean nothing.
[[nodiscard]] Status invertSymmetric(MatrixRef matrix, const JobContext& job,
                                     const std::function<void(std::size_t done)>& after = {});

} // namespace orrery
