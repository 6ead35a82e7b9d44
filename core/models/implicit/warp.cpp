// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/warp.h"

#include "core/models/implicit/ranking_model.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

namespace orrery {
namespace {

struct WarpConfig {
    int factors = 64;
    int epochs = 60;
    float learningRate = .05F;
    float regularization = .01F;
    int trials = 50;
    float likedFrom = 4;
    float foldInRegularization = .05F;

    [[nodiscard]] implicit::RankingSettings settings() const
    {
        return {{implicit::RankingLoss::Warp, implicit::Negatives::Uniform, factors, epochs, learningRate,
                 regularization, trials},
                likedFrom,
                1,
                foldInRegularization};
    }
};

const ParamTable<WarpConfig>& table()
{
    static const auto declared =
        ParamTable<WarpConfig>{}
            .number("factors", "Factors", "Length of each vector; more tell finer tastes apart; 32 to 128 is usual",
                    &WarpConfig::factors, 1, 512)
            .number("epochs", "Epochs", "Rounds over all that is liked; 30 to 200 is usual", &WarpConfig::epochs, 1,
                    2000)
            .number("learning-rate", "Learning rate", "Size of a step; .01 to .1 is usual", &WarpConfig::learningRate,
                    .0001, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Higher is smoother; .001 to .05 is usual",
                    &WarpConfig::regularization, .000001, 1, ParamScale::Logarithmic)
            .number("liked-from", "Liked from",
                    "Smallest rating that counts as liked; lower ones count as unknown. Counts above 0 are all liked",
                    &WarpConfig::likedFrom, 0, 100)
            .number("trials", "Trials", "Most draws in search of an item that is out of order; 10 to 100 is usual",
                    &WarpConfig::trials, 1, 1000)
            .advanced()
            .number("fold-in-regularization", "Fold-in regularization",
                    "How strongly a history is held to what all like; .01 to .2 is usual",
                    &WarpConfig::foldInRegularization, .0001, 10, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

Result<ModelPtr> fitWarp(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    return config ? implicit::fitRanking(input, config->settings(), job) : tl::unexpected(config.error());
}

Cost estimateWarp(const DatasetShape& shape, const ParamSet& params)
{
    const WarpConfig config = table().read(params).value_or(WarpConfig{});
    return implicit::estimateRanking(shape, config.settings().training, 3.5 + config.trials * .175);
}

} // namespace

Algorithm warpAlgorithm()
{
    Algorithm a;
    a.id = "warp";
    a.title = "WARP";
    a.family = "Matrix factorization";
    a.summary = "Places people and items in one space so that what somebody liked comes near the top of their list. It "
                "looks for items that are out of order and corrects them more the further down the liked one is.";
    a.whenToUse = "For short lists from likes, plays or purchases, where only the first few places count.";
    a.paper = "Weston, Bengio & Usunier: WSABIE: Scaling up to large vocabulary image annotation, IJCAI 2011";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.seeded = true;
    a.warmStart = true;
    a.params = table().specs();
    a.fit = fitWarp;
    a.load = implicit::loadRanking;
    a.estimate = estimateWarp;
    return a;
}

} // namespace orrery
