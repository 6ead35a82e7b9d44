// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/item_similarity.h"

#include "core/models/neighbours/overlap_walk.h"

#include <cmath>

namespace orrery {
namespace {

using overlaps::Overlap;

std::vector<double> lengthsOf(const SparseMatrix& matrix)
{
    std::vector<double> lengths;
    lengths.reserve(matrix.rowCount());
    for (std::size_t r = 0; r < matrix.rowCount(); ++r) {
        double sum = 0;
        for (const float value : matrix.row(r).values)
            sum += static_cast<double>(value) * static_cast<double>(value);
        lengths.push_back(std::sqrt(sum));
    }
    return lengths;
}

} // namespace

Result<SparseMatrix> mostSimilarColumns(const SparseMatrix& matrix, const SimilarityConfig& config,
                                        const JobContext& job)
{
    const SparseMatrix columns = matrix.transposed();
    const std::vector<double> lengths = lengthsOf(columns);
    const auto similarity = [&](std::size_t a, std::size_t b, const Overlap& overlap) {
        const auto together = static_cast<double>(overlap.people);
        const double shrunk = together + static_cast<double>(config.shrinkage);
        if (config.measure == Similarity::Jaccard) {
            const auto either = static_cast<double>(columns.row(a).size() + columns.row(b).size()) - together;
            return static_cast<float>(together * together / (either * shrunk));
        }
        const double both = lengths[a] * lengths[b];
        return both > 0 ? static_cast<float>(overlap.dot * together / (both * shrunk)) : 0.F;
    };
    return overlaps::best(matrix, columns, config.neighbours, job, similarity);
}

} // namespace orrery
