// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/ranking/tree_ensemble.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What trees are trained from. Groups are what is ranked together (the candidates of one question); only ranking needs
/// them.
struct TrainingRows {
    Matrix features;           ///< [rows x features]; NaN is missing, infinity an error
    std::vector<float> labels; ///< [rows]; ranking: 0 to 4, what is beyond is clamped; pointwise: 0 or 1
    /// First row of each group, and the number of rows: [groups + 1]; empty where nothing is ranked.
    std::vector<std::uint32_t> groupStarts;
    std::vector<float> weights; ///< >= 0, one a group for ranking, one a row otherwise; empty: all 1
};

enum class GbdtObjective {
    Ndcg,      ///< LambdaMART (Burges 2010): pairs weigh what swapping them does to NDCG
    Pairwise,  ///< the same pairs, all weighing the same (RankNet)
    Pointwise, ///< each row by itself: the probability of a label of 1
    Squared,   ///< each row by itself: the value of its label
};

[[nodiscard]] constexpr bool isRanking(GbdtObjective objective)
{
    return objective == GbdtObjective::Ndcg || objective == GbdtObjective::Pairwise;
}

/// Settings of gradient boosting. The seed is the job's.
struct GbdtParams {
    GbdtObjective objective = GbdtObjective::Ndcg;
    int trees = 300;
    int depth = 6;
    float learningRate = .1F;
    float minChildWeight = 1;
    float lambda = 1;
    float subsample = 1;
    float columnSample = 1;
    int patience = 30; ///< early stopping: rounds without a better validation; 0: never
};

/// The declaration of GbdtParams: forms, flags, JSON and help come from it.
[[nodiscard]] ORRERY_API std::span<const ParamSpec> gbdtParamSpecs();
/// Errors: InvalidArgument that names the parameter, the value and what is allowed.
[[nodiscard]] ORRERY_API Result<GbdtParams> readGbdtParams(const ParamSet& set);

struct TrainedTrees {
    TreeEnsemble trees; ///< up to the best round
    GbdtObjective objective = GbdtObjective::Ndcg;
    std::string metric;             ///< "validation NDCG@10", "validation log loss", "validation RMSE"
    std::vector<double> validation; ///< its value after each round; empty without validation rows
    std::size_t bestRound = 0;      ///< from 0
    std::string trainedBy;          ///< "XGBoost 1.7.4, one thread"
};

/// Why this build cannot train trees, in one sentence with the way out; empty when it can. What was trained elsewhere
/// predicts and explains all the same.
[[nodiscard]] ORRERY_API std::string whyNoGbdt();

/// Trains by XGBoost (Chen & Guestrin, KDD 2016; histograms) and takes the trees out of it at once. It runs on one
/// thread, as its predictions depend on the number of threads; the same rows and seed give the same bits. Cancels
/// between rounds. Reports progress and, after each round, job.measure(TrainedTrees::metric, round, value). Without
/// validation rows nothing stops early and all trees are kept.
/// Errors: InvalidArgument (sizes, NaN labels, infinite features, nothing positive, no group with labels that differ),
/// Unsupported (whyNoGbdt), Cancelled, OutOfMemory, Internal (the library's own, or its trees predict otherwise).
[[nodiscard]] ORRERY_API Result<TrainedTrees> trainTrees(const TrainingRows& train, const TrainingRows& validation,
                                                         const GbdtParams& params, const JobContext& job);

/// What a margin of a pointwise objective says: 1 / (1 + exp(-margin)).
[[nodiscard]] ORRERY_API double probabilityOf(double margin);

/// NDCG@k (Järvelin & Kekäläinen 2002), the mean over the groups with a label > 0: sum over places i <= k of
/// (2^label - 1) / log2(i + 1), divided by the same sum of the best order. Rows of the same score share their places:
/// each has the mean of their discounts (McSherry & Najork 2008). Labels are clamped to 0 to 4, as in training. NaN
/// where no group has a label > 0.
[[nodiscard]] ORRERY_API double groupedNdcg(std::span<const float> scores, std::span<const float> labels,
                                            std::span<const std::uint32_t> groupStarts, std::size_t k);

} // namespace orrery
