// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

#include <cstddef>

namespace orrery {

/// How alike two columns are; x and y are their values by person, 0 where there is none.
enum class Similarity {
    Cosine,  ///< x.y / (|x| |y|) (Sarwar et al., WWW 2001; of centred ratings: adjusted cosine)
    Jaccard, ///< people with both / people with either; the values do not matter
};

struct SimilarityConfig {
    Similarity measure = Similarity::Cosine;
    std::size_t neighbours = 50; ///< kept for each column, the most similar
    /// Similarities are multiplied by n / (n + shrinkage), n being the people with both (Bell & Koren, ICDM 2007).
    float shrinkage = 0;
};

/// Row i holds the columns most similar to column i of `matrix` (people x items), never itself, only similarities
/// above 0; equal similarities go to the lower index. Rows are sorted by column. Exact: every pair with a person in
/// common is compared, by adding up the rows of a column's people; O(sum over people of their cells squared), and
/// memory for one dense row of columns a chunk. The same bits on any number of threads. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<SparseMatrix> mostSimilarColumns(const SparseMatrix& matrix,
                                                                 const SimilarityConfig& config, const JobContext& job);

} // namespace orrery
