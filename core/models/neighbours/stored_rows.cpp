// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/stored_rows.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double mostRows = 4'294'967'295.0; // indices are 32 bits

Result<std::size_t> loadCount(const Artifact& artifact, const std::string& name)
{
    const auto number = artifact.number(name);
    if (!number)
        return tl::unexpected(number.error());
    if (!(*number >= 0 && *number <= mostRows))
        return error(Code::Corrupt, fmt::format("The stored model's '{}' is not a number of them", name),
                     "Train the model again", name);
    return static_cast<std::size_t>(*number);
}

Status checkAscending(const SparseMatrix& matrix)
{
    for (std::size_t row = 0; row < matrix.rowCount(); ++row)
        if (const auto columns = matrix.row(row).columns;
            std::ranges::adjacent_find(columns, std::ranges::greater_equal{}) != columns.end())
            return error(Code::Corrupt, fmt::format("The stored items of person {} are out of order", row),
                         "Train the model again", "row-items");
    return {};
}

} // namespace

void saveRows(Artifact& artifact, const SparseMatrix& matrix)
{
    std::vector<std::uint32_t> sizes;
    sizes.reserve(matrix.rowCount());
    for (std::size_t row = 0; row < matrix.rowCount(); ++row)
        sizes.push_back(static_cast<std::uint32_t>(matrix.row(row).size()));
    artifact.putNumber("rows", static_cast<double>(matrix.rowCount()));
    artifact.putNumber("columns", static_cast<double>(matrix.columnCount));
    artifact.put("row-sizes", std::span<const std::uint32_t>(sizes));
    artifact.put("row-items", std::span<const std::uint32_t>(matrix.columns));
    artifact.put("row-values", std::span<const float>(matrix.values));
}

Result<SparseMatrix> loadRows(const Artifact& artifact)
{
    const auto rows = loadCount(artifact, "rows"), columns = loadCount(artifact, "columns");
    for (const auto* count : {&rows, &columns})
        if (!*count)
            return tl::unexpected(count->error());
    const auto sizes = artifact.indices("row-sizes", *rows, *columns + 1);
    if (!sizes)
        return tl::unexpected(sizes.error());
    SparseMatrix matrix;
    matrix.columnCount = *columns;
    for (const std::uint32_t size : *sizes)
        matrix.starts.push_back(matrix.starts.back() + size);
    auto items = artifact.indices("row-items", matrix.starts.back(), *columns);
    if (!items)
        return tl::unexpected(items.error());
    auto values = artifact.floats("row-values", matrix.starts.back());
    if (!values)
        return tl::unexpected(values.error());
    matrix.columns = std::move(*items);
    matrix.values = std::move(*values);
    if (const auto fine = checkAscending(matrix); !fine)
        return tl::unexpected(fine.error());
    return matrix;
}

} // namespace orrery
