// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sparse_matrix.h"

#include "core/base/large_pages.h"

namespace orrery {

SparseMatrix SparseMatrix::transposed() const
{
    SparseMatrix out;
    out.columnCount = rowCount();
    out.starts.assign(columnCount + 1, 0);
    for (const std::uint32_t column : columns)
        ++out.starts[column + 1];
    for (std::size_t c = 0; c < columnCount; ++c)
        out.starts[c + 1] += out.starts[c];
    reserveLarge(out.columns, size());
    reserveLarge(out.values, size());
    out.columns.resize(size());
    out.values.resize(size());
    std::vector<std::uint64_t> next(out.starts.begin(), out.starts.end() - 1);
    for (std::size_t r = 0; r < rowCount(); ++r)
        for (auto cell = starts[r]; cell < starts[r + 1]; ++cell) {
            const auto to = next[columns[cell]]++;
            out.columns[to] = static_cast<std::uint32_t>(r);
            out.values[to] = values[cell];
        }
    return out;
}

} // namespace orrery
