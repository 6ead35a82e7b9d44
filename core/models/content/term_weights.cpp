// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/content/term_weights.h"

#include <cmath>
#include <numeric>

namespace orrery {
namespace {

/// In how many texts each term occurs.
std::vector<double> textsOf(const SparseMatrix& counts)
{
    std::vector<double> texts(counts.columnCount, 0.0);
    for (const std::uint32_t term : counts.columns)
        texts[term] += 1;
    return texts;
}

double sumOf(std::span<const float> values)
{
    return std::accumulate(values.begin(), values.end(), 0.0,
                           [](double sum, float value) { return sum + static_cast<double>(value); });
}

std::span<float> valuesOf(SparseMatrix& matrix, std::size_t row)
{
    return std::span(matrix.values).subspan(matrix.starts[row], matrix.starts[row + 1] - matrix.starts[row]);
}

double meanLength(const SparseMatrix& counts)
{
    double texts = 0;
    for (std::size_t row = 0; row < counts.rowCount(); ++row)
        texts += counts.row(row).size() > 0 ? 1 : 0;
    return texts > 0 ? sumOf(counts.values) / texts : 1;
}

} // namespace

void weighTfIdf(SparseMatrix& counts, bool logarithm)
{
    std::vector<double> idf = textsOf(counts);
    for (double& n : idf)
        n = std::log((1 + static_cast<double>(counts.rowCount())) / (1 + n)) + 1;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        const auto count = static_cast<double>(counts.values[cell]);
        counts.values[cell] = static_cast<float>((logarithm ? 1 + std::log(count) : count) * idf[counts.columns[cell]]);
    }
}

void weighBm25(SparseMatrix& counts, const Bm25Settings& settings)
{
    const auto texts = static_cast<double>(counts.rowCount());
    std::vector<double> idf = textsOf(counts);
    for (double& n : idf)
        n = std::log1p((texts - n + .5) / (n + .5));
    const auto k1 = static_cast<double>(settings.k1), b = static_cast<double>(settings.b);
    const double mean = meanLength(counts);
    for (std::size_t row = 0; row < counts.rowCount(); ++row) {
        const auto values = valuesOf(counts, row);
        const double slack = k1 * (1 - b + b * sumOf(values) / mean);
        const auto columns = counts.row(row).columns;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto count = static_cast<double>(values[i]);
            values[i] = static_cast<float>(idf[columns[i]] * count * (k1 + 1) / (count + slack));
        }
    }
}

void scaleToUnitLength(SparseMatrix& matrix)
{
    for (std::size_t row = 0; row < matrix.rowCount(); ++row) {
        const auto values = valuesOf(matrix, row);
        double square = 0;
        for (const float value : values)
            square += static_cast<double>(value) * static_cast<double>(value);
        if (square > 0)
            for (float& value : values)
                value = static_cast<float>(static_cast<double>(value) / std::sqrt(square));
    }
}

} // namespace orrery
