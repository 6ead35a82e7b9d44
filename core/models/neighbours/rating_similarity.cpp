// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/neighbours/rating_similarity.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

std::vector<float> rowMeans(const SparseMatrix& matrix)
{
    std::vector<float> means;
    means.reserve(matrix.rowCount());
    for (std::size_t r = 0; r < matrix.rowCount(); ++r) {
        const auto values = matrix.row(r).values;
        const double sum = std::accumulate(values.begin(), values.end(), 0.0);
        means.push_back(values.empty() ? 0.F : static_cast<float>(sum / static_cast<double>(values.size())));
    }
    return means;
}

} // namespace

double similarityOf(const RatingSimilarity& similarity, const CommonSquares& common, double either)
{
    const double n = common.count;
    if (n < similarity.minSupport)
        return 0;
    switch (similarity.measure) {
    case RatingMeasure::Cosine:
    case RatingMeasure::AdjustedCosine:
        return shrunk(common.ab, std::sqrt(common.aa * common.bb), n, similarity.shrinkage);
    case RatingMeasure::PearsonBaseline:
        return shrunk(common.ab, std::sqrt(common.aa * common.bb), n - 1, similarity.shrinkage);
    case RatingMeasure::Jaccard: return shrunk(n, either - n, n, similarity.shrinkage);
    case RatingMeasure::Msd:
        return similarityOf(similarity, CommonDifferences{n, std::max(0.0, common.aa + common.bb - 2 * common.ab)});
    case RatingMeasure::Pearson: break;
    }
    return 0;
}

double similarityOf(const RatingSimilarity& similarity, const CommonMoments& common, double)
{
    const double n = common.count;
    if (n < similarity.minSupport)
        return 0;
    // Differences of large sums: what is left of equal ratings is rounding, not spread.
    const double a = n * common.aa - common.a * common.a, b = n * common.bb - common.b * common.b;
    const double rounding = 1e-12 * n;
    if (a <= rounding * common.aa || b <= rounding * common.bb)
        return 0;
    return shrunk(n * common.ab - common.a * common.b, std::sqrt(a * b), n - 1, similarity.shrinkage);
}

Centring centringFor(RatingMeasure measure, KnnSide side, const SparseMatrix& ratings, const RatingBaseline& baseline)
{
    if (measure == RatingMeasure::PearsonBaseline)
        return {baseline.mean, baseline.people, baseline.items};
    if (measure != RatingMeasure::AdjustedCosine)
        return {};
    return side == KnnSide::Items ? Centring{0, rowMeans(ratings), {}}
                                  : Centring{0, {}, rowMeans(ratings.transposed())};
}

SparseMatrix centred(SparseMatrix ratings, const Centring& centring)
{
    if (centring.any())
        for (std::size_t person = 0; person < ratings.rowCount(); ++person)
            for (auto cell = ratings.starts[person]; cell < ratings.starts[person + 1]; ++cell)
                ratings.values[cell] =
                    static_cast<float>(static_cast<double>(ratings.values[cell]) - centring.ofPerson(person) -
                                       centring.ofItem(ratings.columns[cell]));
    return ratings;
}

SparseMatrix ratingMatrix(const Interactions& interactions)
{
    SparseMatrix matrix;
    matrix.columnCount = interactions.items();
    matrix.starts.assign(interactions.starts().begin(), interactions.starts().end());
    matrix.columns.reserve(interactions.size());
    for (const ItemIndex item : interactions.allItems())
        matrix.columns.push_back(item.value);
    matrix.values.assign(interactions.allValues().begin(), interactions.allValues().end());
    return matrix;
}

} // namespace orrery
