// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace orrery {

/// A copy of vectors in a quarter of their bytes, that tells between which bounds the dot product of a row and a vector
/// lies, as it comes out in float32 whatever the order of its sum: rows beyond the bounds of others need not be looked
/// at. Each number of a row is a multiple of the row's step, -127 to 127; how far that is from the row is measured when
/// it is made, so that
///
///     |product - bytes . vector| <= |row - bytes| |vector| + what rounding adds
///
/// holds for any data (Cauchy-Schwarz); where it says nothing (numbers that are not finite or beyond 1e18) the bounds
/// are infinite.
class ByteScreen {
public:
    /// Errors: OutOfMemory, Cancelled.
    [[nodiscard]] static Result<ByteScreen> build(MatrixView vectors, const JobContext& job);
    [[nodiscard]] static std::size_t bytesFor(std::size_t rows, std::size_t length);

    /// A vector as it is compared.
    struct Asked {
        std::vector<std::int16_t> numbers; ///< multiples of the step
        float step = 0;
        float length = 0; ///< Euclidean, not less than it is
    };
    /// None where bounds would say nothing: zeros, not finite, very short or very long.
    [[nodiscard]] std::optional<Asked> ask(std::span<const float> vector) const;

    /// Rows first to first + products.size() - 1: the middle between the bounds, and how far these are from it. Both
    /// spans have the same length.
    void bound(const Asked& asked, std::size_t first, std::span<float> products, std::span<float> slacks) const;

private:
    ByteScreen(std::size_t rows, std::size_t length);
    void setRow(std::size_t row, std::span<const float> vector);

    using Bytes = std::vector<std::int8_t, UnsetAllocator<std::int8_t>>;
    Bytes m_bytes;               ///< [rows x m_stride], behind the length zeros
    std::vector<float> m_steps;  ///< of each row
    std::vector<float> m_errors; ///< of each row: the slack for a vector of length 1
    std::size_t m_length = 0, m_stride = 0;
    std::int32_t m_most = 0; ///< largest number of Asked, so that sums stay whole numbers of 32 bits
    double m_rounding = 0;   ///< what rounding adds, as a share of |row| |vector|
};

} // namespace orrery
