// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/models/neighbours/document_weights.h"

#include <cstddef>

namespace orrery {

/// Row i holds the `wanted` columns most similar to column i of `matrix` (people x items), never itself, only
/// similarities above 0; equal similarities go to the lower index. Rows are sorted by column. Exact: every pair with a
/// person in common is compared, by adding up the rows of a column's people; O(sum over people of their cells squared),
/// and memory for one dense row of columns a chunk. The same bits on any number of threads.
/// Errors: InvalidArgument for values below 0 where the measure weighs them as texts, Cancelled.
[[nodiscard]] ORRERY_API Result<SparseMatrix> mostSimilarColumns(const SparseMatrix& matrix, std::size_t wanted,
                                                                 const SimilarityConfig& config, const JobContext& job);

} // namespace orrery
