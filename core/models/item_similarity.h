// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// Sparse float32 matrix in CSR form; columns ascend within a row.
struct ORRERY_API SparseMatrix {
    struct Row {
        std::span<const std::uint32_t> columns;
        std::span<const float> values;

        [[nodiscard]] std::size_t size() const { return columns.size(); }
    };

    std::size_t columnCount = 0;
    std::vector<std::uint64_t> starts{0}; ///< rows + 1 entries
    std::vector<std::uint32_t> columns;
    std::vector<float> values;

    [[nodiscard]] std::size_t rowCount() const { return starts.size() - 1; }
    [[nodiscard]] std::size_t size() const { return columns.size(); }
    [[nodiscard]] Row row(std::size_t r) const
    {
        const auto first = starts[r];
        const auto count = starts[r + 1] - first;
        return {std::span(columns).subspan(first, count), std::span(values).subspan(first, count)};
    }
    /// Counting sort, O(cells + rows + columns).
    [[nodiscard]] SparseMatrix transposed() const;
};

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
