// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/neighbours/nearest.h"
#include "core/models/neighbours/rating_similarity.h"
#include "core/models/ratings/baseline_part.h"
#include "core/params/param_table.h"

#include <cstdint>
#include <span>
#include <vector>

/// What predicting ratings from similar people and from similar items have in common.
///
/// With x the person and x' the others who rated the item (or x the item and x' what the person rated), of which the
/// `neighbours` most similar count:
///     rating = centre_x + spread_x * sum of sim(x, x') * (rating of x' - centre_x') / spread_x' / sum of sim(x, x')
namespace orrery {

/// Centre and spread of each person (or item).
enum class RatingVariant {
    Basic,    ///< 0 and 1: the weighted mean of the ratings
    Means,    ///< its mean and 1 (Resnick et al., CSCW 1994)
    ZScores,  ///< its mean and standard deviation (Herlocker et al., SIGIR 1999)
    Baseline, ///< its bias and 1: the bias of what is predicted, which all x' share, drops out (Koren, TKDD 2010)
};

struct RatingNorm {
    double centre = 0;
    double spread = 1;

    [[nodiscard]] double of(float rating) const { return (static_cast<double>(rating) - centre) / spread; }
};

/// `allSpread` stands in where all values are the same. `bias`: see RatingVariant::Baseline.
[[nodiscard]] RatingNorm normOf(RatingVariant variant, std::span<const float> values, double bias, double allSpread);
/// Standard deviation of all; 1 where there is none.
[[nodiscard]] double spreadOf(std::span<const float> values);

struct RatingKnnConfig {
    RatingVariant variant = RatingVariant::Baseline;
    RatingMeasure similarity = RatingMeasure::Msd;
    float shrinkage = 10;
    int neighbours = 40;
    int minNeighbours = 1;
    int minSupport = 1;
    int kept = 500; ///< of the item side

    [[nodiscard]] RatingSimilarity measure() const
    {
        return {similarity, static_cast<double>(shrinkage), static_cast<double>(minSupport)};
    }
    /// "knn-settings": all of it.
    void save(Artifact& artifact) const;
    /// Errors: Corrupt.
    [[nodiscard]] static Result<RatingKnnConfig> load(const Artifact& artifact);
};

/// Without "kept" on the side of people.
[[nodiscard]] ParamTable<RatingKnnConfig> ratingKnnTable(KnnSide side);

/// A weighted mean that grows.
struct WeightedMean {
    double sum = 0;
    double weights = 0;
    std::uint32_t count = 0;

    void add(double weight, double value)
    {
        sum += weight * value;
        weights += weight;
        ++count;
    }
};

/// One neighbour's say, for the explanation.
struct NeighbourSay {
    float similarity = 0;
    float rating = 0;
    RatingNorm norm;
    Term term; ///< what it is about; its value is filled in
};

/// What an explanation needs to know beside the neighbours.
struct KnnQuestion {
    KnnSide side = KnnSide::Items;
    RatingVariant variant = RatingVariant::Basic;
    ItemIndex item;
    double personBias = 0;
    RatingNorm own; ///< of the person or the item that is predicted
};

/// The terms of a prediction from neighbours: one for each, after what it is measured against.
[[nodiscard]] std::vector<Term> neighbourTerms(const BaselinePart& baseline, const KnnQuestion& question,
                                               std::vector<NeighbourSay> neighbours);

} // namespace orrery
