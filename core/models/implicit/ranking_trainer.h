// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/models/implicit/als_solver.h"
#include "core/models/warm_start.h"

#include <cstdint>
#include <vector>

namespace orrery::implicit {

/// What a step of stochastic gradient descent does with a liked item i and an item j that was not liked, for a person
/// with scores s = bias + <person, item>.
enum class RankingLoss {
    Pairwise, ///< -ln sigma(s_i - s_j): BPR (Rendle, Freudenthaler, Gantner & Schmidt-Thieme, UAI 2009)
    Warp,     ///< a hinge, weighted by the estimated rank of i (Weston, Bengio & Usunier, IJCAI 2011)
    Logistic, ///< -w ln sigma(s_i) - sum over j of ln sigma(-s_j): logistic matrix factorization (Johnson, 2014)
};

enum class Negatives {
    Uniform, ///< all items alike
    Popular, ///< as often as they are liked
    Hardest, ///< of a few drawn uniformly, the one with the highest score (Zhang, Chen, Wang & Yu, SIGIR 2013)
};

struct RankingConfig {
    RankingLoss loss = RankingLoss::Pairwise;
    Negatives negatives = Negatives::Uniform;
    int factors = 64;
    int epochs = 60;
    float learningRate = .05F;
    float regularization = .01F;
    int draws = 5; ///< Hardest: candidates; Warp: most trials; Logistic: items that were not liked, for each liked one
};

struct RankingFactors {
    Matrix people, items;        ///< [people x factors], [items x factors]; zero rows where nothing is known
    std::vector<float> itemBias; ///< 0 where nothing is known
};

/// Trains on the liked cells [people x items]. People lie in 4 groups and items in 32. In each epoch the 32 are dealt
/// anew into 4 hands; a block is one group of people with one hand, from which the items that were not liked come, too.
/// The 4 blocks of a diagonal share no row: they run at the same time, and the bits are the same on any number of
/// threads. Within a block it goes person by person, each cell once an epoch.
/// Reports "training loss" (mean a step) by epoch, and for pairs "training AUC", the share of pairs in order.
/// With something to go on from it runs a fraction of the epochs.
/// Errors: Numeric for a non-finite loss, Cancelled.
[[nodiscard]] Result<RankingFactors> trainRanking(const als::Cells& cells, const RankingConfig& config,
                                                  const JobContext& job, const WarmStart& start = {});

} // namespace orrery::implicit
