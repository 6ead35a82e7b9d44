// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/data/interactions.h"
#include "core/models/ratings/rating_context.h"
#include "core/models/ratings/side_features.h"

#include <functional>
#include <vector>

namespace orrery {

struct BayesianFmConfig {
    int factors = 16;
    int iterations = 200;   ///< of the Gibbs chain
    float burnIn = .3F;     ///< share of them that is thrown away
    int samples = 20;       ///< kept of the rest, evenly
    bool history = true;    ///< what a person rated is a feature of the person
    bool audience = true;   ///< who rated an item is a feature of the item
    bool attributes = true; ///< what is known of people and items are features
    bool context = false;   ///< weekday, part of the day, device and place are features of each rating
    float initSpread = .1F; ///< standard deviation of the first random vectors
};

/// One side of the machine in one state of the chain. Coordinate 0 is the linear weight, 1 .. k are the vector.
struct FmSide {
    Matrix own;       ///< [k + 1 x rows] what each row has of its own
    Matrix features;  ///< [k + 1 x features]
    Matrix total;     ///< [k + 1 x rows] own, plus value * weight of all its features
    Matrix mean;      ///< [k + 1 x groups + 1] of the normal distribution that a group is drawn from; group 0: own
    Matrix precision; ///< same shape; > 0
};

/// A state of the chain: rating = bias + person[0] + item[0] + when[0] + <person, item> + <person, when> + <item, when>
/// + noise, with <,> over 1..k and `when` the setting of the rating.
struct FmState {
    double bias = 0;
    double noisePrecision = 1;
    FmSide people, items;
    FmSide context; ///< rows are settings, which have nothing of their own; no columns where there is no context
};

/// What is known beside who rated what.
struct FmFeatures {
    SideFeatures people, items;
    RatingContext context;
};

/// Bayesian factorization machine between people and items by Gibbs sampling (Freudenthaler, Schmidt-Thieme & Rendle,
/// Bayesian Factorization Machines, 2011; Rendle, Scaling Factorization Machines to Relational Data, VLDB 2013: the
/// features of a row are updated through sums over its ratings, so that an iteration costs O(k (ratings + cells of
/// features))). Each group of features has a normal prior of its own, whose mean and precision are drawn, too. Pairs of
/// features of the same side are left out: they would only add to the bias of that side.
/// `keep` is called with each state that is kept, in order. Reports "training RMSE" by iteration.
/// The same bits on any number of threads. Errors: Numeric, Cancelled.
[[nodiscard]] Status sampleBayesianFm(const Interactions& interactions, const FmFeatures& features,
                                      const BayesianFmConfig& config, const JobContext& job,
                                      const std::function<void(const FmState&)>& keep);

} // namespace orrery
