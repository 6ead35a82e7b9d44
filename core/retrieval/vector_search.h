// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/model.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

/// A row of a matrix of vectors, and how near it is: the cosine, the dot product, or minus the Euclidean distance.
struct Near {
    std::uint32_t row = 0;
    float similarity = 0;
    bool operator==(const Near&) const = default;
};

/// Nearest first; of equally near ones the lower row.
[[nodiscard]] constexpr bool isNearer(const Near& a, const Near& b)
{
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

/// The nearest rows of all, by looking at each: what indexes are measured against, and quick enough for most. Keeps the
/// matrix alive no longer than itself: it must outlive the search.
class ORRERY_API ExactSearch {
public:
    ExactSearch(MatrixView vectors, SpaceMetric metric);

    [[nodiscard]] std::size_t size() const { return m_vectors.rows; }
    /// The n nearest rows to a vector of the same length, without `except`. Rows are shared between the job's threads;
    /// the result does not depend on how many. O(rows x length). Errors: Cancelled.
    [[nodiscard]] Result<std::vector<Near>> nearest(std::span<const float> vector, std::size_t n, const JobContext& job,
                                                    std::optional<std::uint32_t> except = {}) const;

private:
    MatrixView m_vectors;
    SpaceMetric m_metric;
    std::vector<float> m_scales; ///< of each row: 1 / length for cosines, the squared length for distances, else none
};

/// As ExactSearch compares two vectors. A vector of zeros has cosine 0 with all.
[[nodiscard]] ORRERY_API float similarityOf(std::span<const float> a, std::span<const float> b, SpaceMetric metric);

} // namespace orrery
