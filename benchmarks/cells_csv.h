// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/implicit/als_solver.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// What benchmarks of implicit models train on.
namespace orrery::bench {

inline std::vector<std::vector<std::uint32_t>> readRows(const char* path)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error(std::string("cannot read ") + path);
    std::vector<std::vector<std::uint32_t>> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::size_t user = 0;
        std::uint32_t item = 0;
        char comma = 0;
        fields >> user >> comma >> item;
        rows.resize(std::max(rows.size(), user + 1));
        rows[user].push_back(item);
    }
    return rows;
}

/// Powers favour low indices, as popular items and busy people are favoured.
inline std::vector<std::vector<std::uint32_t>> randomRows()
{
    Rng rng(1);
    std::vector<std::vector<std::uint32_t>> rows(6'040);
    for (int n = 0; n < 1'250'000; ++n)
        rows[static_cast<std::size_t>(std::pow(rng.uniform(), 2) * 6'040)].push_back(
            static_cast<std::uint32_t>(std::pow(rng.uniform(), 2.5) * 3'706));
    return rows;
}

/// The cells of the file (user,item with a header line; both numbers) that ORRERY_BENCH_CSV names, or else random ones
/// of MovieLens 1M's shape; all of one weight.
inline als::Cells loadCells(float weight)
{
    const char* path = std::getenv("ORRERY_BENCH_CSV");
    auto rows = path ? readRows(path) : randomRows();
    als::Cells cells;
    for (auto& row : rows) {
        std::ranges::sort(row);
        row.erase(std::unique(row.begin(), row.end()), row.end());
        cells.columns.insert(cells.columns.end(), row.begin(), row.end());
        cells.starts.push_back(cells.columns.size());
    }
    cells.weights.assign(cells.columns.size(), weight);
    cells.columnCount = *std::ranges::max_element(cells.columns) + std::size_t{1};
    return cells;
}

} // namespace orrery::bench
