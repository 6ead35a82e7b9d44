// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sparse_matrix.h"
#include "core/data/interactions.h"
#include "core/models/ratings/rating_baseline.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace orrery {

/// How alike two items (or two people) are rated. All but Jaccard go over what both have only: the people who rated
/// both items, or the items that both people rated; n is how many those are, x and y the two ratings of each.
enum class RatingMeasure {
    Cosine,          ///< x.y / (|x| |y|)
    AdjustedCosine,  ///< the same of ratings minus the mean of whoever (or whatever) gives them (Sarwar et al., WWW
                     ///< 2001)
    Pearson,         ///< correlation, with the means over what both have (Resnick et al., CSCW 1994)
    PearsonBaseline, ///< cosine of ratings minus the bias baseline (Koren, TKDD 2010)
    Msd,             ///< 1 / (1 + mean squared difference) (Shardanand & Maes, CHI 1995)
    Jaccard,         ///< n / those that either has; the ratings do not matter
};

/// Similarities are multiplied by n / (n + shrinkage), those of the two Pearsons by (n - 1) / (n - 1 + shrinkage)
/// (Bell & Koren, ICDM 2007; Koren 2010); with fewer than `minSupport` in common they are 0.
struct RatingSimilarity {
    RatingMeasure measure = RatingMeasure::Msd;
    double shrinkage = 0;
    double minSupport = 1;
};

/// Sums over what two have in common: all that Msd needs.
struct CommonDifferences {
    double count = 0, squares = 0;

    void add(double a, double b)
    {
        count += 1;
        squares += (a - b) * (a - b);
    }
    [[nodiscard]] bool any() const { return count > 0; }
};

/// Enough for all measures but Pearson.
struct CommonSquares {
    double count = 0, aa = 0, bb = 0, ab = 0;

    void add(double a, double b)
    {
        count += 1;
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    [[nodiscard]] bool any() const { return count > 0; }
};

/// And the sums that Pearson's means need.
struct CommonMoments {
    double count = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;

    void add(double left, double right)
    {
        count += 1;
        a += left;
        b += right;
        aa += left * left;
        bb += right * right;
        ab += left * right;
    }
    [[nodiscard]] bool any() const { return count > 0; }
};

/// value / scale, shrunk, in one division, as this is asked of every pair; 0 for 0 / 0. Without a jump, so that many
/// are divided at once.
[[nodiscard]] inline double shrunk(double value, double scale, double count, double shrinkage)
{
    return value * count / std::max(scale * (count + shrinkage), std::numeric_limits<double>::min());
}

/// Of Msd.
[[nodiscard]] inline double similarityOf(const RatingSimilarity& similarity, const CommonDifferences& common)
{
    const double n = common.count;
    const double counts = n >= similarity.minSupport ? 1 : 0;
    return counts * shrunk(n, n + common.squares, n, similarity.shrinkage);
}
/// 0 where it is not defined. `either`: how many the first has plus how many the second has.
[[nodiscard]] double similarityOf(const RatingSimilarity& similarity, const CommonSquares& common, double either);
/// Of Pearson.
[[nodiscard]] double similarityOf(const RatingSimilarity& similarity, const CommonMoments& common, double either);

/// Whether items or people are compared.
enum class KnnSide { Items, People };

/// What is taken off a rating before it is compared: all + its person's + its item's. Empty: nothing.
struct Centring {
    double all = 0;
    std::vector<float> people, items;

    [[nodiscard]] bool any() const { return !people.empty() || !items.empty(); }
    [[nodiscard]] double ofPerson(std::size_t person) const
    {
        return people.empty() ? 0 : static_cast<double>(people[person]);
    }
    /// What is taken off whoever gave it.
    [[nodiscard]] double ofItem(std::size_t item) const
    {
        return items.empty() ? all : all + static_cast<double>(items[item]);
    }
};

/// What a measure compares: Sarwar's mean of the other side, or the baseline (of which people are needed, too).
[[nodiscard]] Centring centringFor(RatingMeasure measure, KnnSide side, const SparseMatrix& ratings,
                                   const RatingBaseline& baseline);
/// `ratings` [people x items] with that taken off.
[[nodiscard]] SparseMatrix centred(SparseMatrix ratings, const Centring& centring);

/// As they are [people x items].
[[nodiscard]] SparseMatrix ratingMatrix(const Interactions& interactions);

} // namespace orrery
