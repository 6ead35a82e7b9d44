// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"
#include "core/base/rng.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace orrery::testing {

/// Numbers of a CSV without a header. Throws where it cannot be read.
inline std::vector<std::vector<double>> numbersOf(const std::string& path)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    std::vector<std::vector<double>> rows;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');)
            rows.back().push_back(std::stod(cell));
    }
    return rows;
}

inline Matrix matrixOf(const std::vector<std::vector<double>>& rows)
{
    Matrix matrix(rows.size(), rows.front().size());
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (std::size_t column = 0; column < rows[row].size(); ++column)
            matrix.row(row)[column] = static_cast<float>(rows[row][column]);
    return matrix;
}

/// Row r lies around centre r % centres; centres are about 1.4 sqrt(length) apart, rows `spread` sqrt(length) from
/// theirs.
inline Matrix vectorsAround(std::size_t centres, std::size_t rows, std::size_t length, double spread,
                            std::uint64_t seed = 1)
{
    Rng rng(seed);
    Matrix middles(centres, length), vectors(rows, length);
    for (float& value : middles.all())
        value = static_cast<float>(rng.normal());
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t d = 0; d < length; ++d)
            vectors.row(row)[d] =
                static_cast<float>(static_cast<double>(middles.row(row % centres)[d]) + spread * rng.normal());
    return vectors;
}

} // namespace orrery::testing
