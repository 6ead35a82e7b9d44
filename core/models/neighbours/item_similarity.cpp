// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/item_similarity.h"

#include "core/models/neighbours/overlap_walk.h"

namespace orrery {

Result<SparseMatrix> mostSimilarColumns(const SparseMatrix& matrix, std::size_t wanted, const SimilarityConfig& config,
                                        const JobContext& job)
{
    SparseMatrix items = matrix.transposed();
    const DocumentWeights weights(items, config);
    if (const auto fine = weights.check(items); !fine)
        return tl::unexpected(fine.error());
    weights.weigh(items);
    const std::vector<double> inverses = inverseLengths(items);
    std::vector<double> sizes;
    for (std::size_t item = 0; item < items.rowCount(); ++item)
        sizes.push_back(static_cast<double>(items.row(item).size()));
    const SparseMatrix weighed = weights.any() ? items.transposed() : SparseMatrix{};
    return overlaps::best(
        weights.any() ? weighed : matrix, items, wanted, job,
        [&](std::size_t a, std::uint32_t b, const overlaps::Overlap& both) {
            return similarityOf(config, {both.dot, both.people, inverses[a] * inverses[b], sizes[a] + sizes[b]});
        });
}

} // namespace orrery
