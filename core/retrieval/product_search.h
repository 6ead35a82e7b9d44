// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/retrieval/vector_search.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery {

/// The rows with the largest dot products, exactly, without looking at most of them: rows are kept by their length, the
/// longest first, and no product is larger than the two lengths multiplied (Cauchy-Schwarz), so that the walk ends
/// where no later row can come in (LEMP's pruning by length; Teflioudi, Gemulla & Mykytiuk, SIGMOD 2015). Vectors of
/// models are long where items are popular, so a walk is short; rows of one length are all looked at, screened by
/// bytes.
class ProductSearch {
public:
    /// A copy of the vectors in that order, and screenBytes() of them. Errors: OutOfMemory, Cancelled.
    [[nodiscard]] static Result<ProductSearch> make(MatrixView vectors, const JobContext& job);

    /// The n rows with the largest products, largest first, of equal ones the lower row. On the job's threads. Errors:
    /// Cancelled.
    [[nodiscard]] Result<std::vector<Near>> largest(std::span<const float> vector, std::size_t n,
                                                    const JobContext& job) const;

private:
    struct Block {
        std::size_t first = 0; ///< place of its first row
        double length = 0;     ///< of its longest row
        ExactSearch search;
    };

    std::shared_ptr<const Matrix> m_rows; ///< by length, the longest first
    std::vector<std::uint32_t> m_order;   ///< of each place the row
    std::vector<Block> m_blocks;
};

} // namespace orrery
