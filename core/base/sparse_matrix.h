// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

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

} // namespace orrery
