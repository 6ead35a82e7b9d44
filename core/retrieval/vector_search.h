// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/model.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

class ByteScreen;

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
    /// With a copy of the vectors in bytes (byte_screen.h) that rules most rows out before they are looked at: the same
    /// answers bit by bit, several times sooner. For many questions: making it takes as long as some 25. Errors:
    /// OutOfMemory, Cancelled.
    [[nodiscard]] static Result<ExactSearch> screened(MatrixView vectors, SpaceMetric metric, const JobContext& job);
    /// What that copy takes beyond the vectors: a quarter of them, and 8 bytes a row.
    [[nodiscard]] static std::size_t screenBytes(std::size_t rows, std::size_t length);

    [[nodiscard]] std::size_t size() const { return m_vectors.rows; }
    /// The n nearest rows to a vector of the same length, without `except`. Rows are shared between the job's threads;
    /// the result does not depend on how many. O(rows x length). Errors: Cancelled.
    [[nodiscard]] Result<std::vector<Near>> nearest(std::span<const float> vector, std::size_t n, const JobContext& job,
                                                    std::optional<std::uint32_t> except = {}) const;

private:
    struct Keys;
    [[nodiscard]] Keys keysFor(std::span<const float> vector) const;
    [[nodiscard]] Result<std::vector<Near>> amongAll(std::span<const float> vector, const Keys& keys, std::size_t n,
                                                     const JobContext& job, std::optional<std::uint32_t> except) const;
    /// Ascending; a superset of the n nearest.
    [[nodiscard]] Result<std::vector<std::uint32_t>> suspects(const Keys& keys, std::size_t n, const JobContext& job,
                                                              std::optional<std::uint32_t> except) const;
    [[nodiscard]] Result<std::vector<Near>> among(std::span<const std::uint32_t> rows, std::span<const float> vector,
                                                  const Keys& keys, std::size_t n, const JobContext& job) const;

    MatrixView m_vectors;
    SpaceMetric m_metric;
    std::shared_ptr<const ByteScreen> m_screen; ///< null: every row is looked at
    std::vector<float> m_scales; ///< of each row: 1 / length for cosines, the squared length for distances, else none
};

/// As ExactSearch compares two vectors. A vector of zeros has cosine 0 with all.
[[nodiscard]] ORRERY_API float similarityOf(std::span<const float> a, std::span<const float> b, SpaceMetric metric);

} // namespace orrery
