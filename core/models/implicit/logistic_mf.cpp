// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/logistic_mf.h"

#include "core/models/implicit/ranking_model.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

namespace orrery {
namespace {

struct LogisticConfig {
    int factors = 64;
    int epochs = 60;
    float learningRate = .05F;
    float regularization = .01F;
    int negatives = 5;
    float alpha = 1;
    float likedFrom = 4;
    float foldInRegularization = .05F;

    [[nodiscard]] implicit::RankingSettings settings() const
    {
        return {{implicit::RankingLoss::Logistic, implicit::Negatives::Uniform, factors, epochs, learningRate,
                 regularization, negatives},
                likedFrom,
                alpha,
                foldInRegularization};
    }
};

const ParamTable<LogisticConfig>& table()
{
    static const auto declared =
        ParamTable<LogisticConfig>{}
            .number("factors", "Factors", "Length of each vector; more tell finer tastes apart; 32 to 128 is usual",
                    &LogisticConfig::factors, 1, 512)
            .number("epochs", "Epochs", "Rounds over all that is liked; 30 to 200 is usual", &LogisticConfig::epochs, 1,
                    2000)
            .number("learning-rate", "Learning rate", "Size of a step; .01 to .1 is usual",
                    &LogisticConfig::learningRate, .0001, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Higher is smoother; .001 to .05 is usual",
                    &LogisticConfig::regularization, .000001, 1, ParamScale::Logarithmic)
            .number("negatives", "Not liked for each liked",
                    "Items that were not liked, drawn for each liked one; 2 to 30 is usual", &LogisticConfig::negatives,
                    1, 100)
            .number("alpha", "Weight of liked", "How much a liked item counts beside a drawn one; 1 to 10 is usual",
                    &LogisticConfig::alpha, .01, 100, ParamScale::Logarithmic)
            .number("liked-from", "Liked from",
                    "Smallest rating that counts as liked; lower ones count as unknown. Counts above 0 are all liked",
                    &LogisticConfig::likedFrom, 0, 100)
            .number("fold-in-regularization", "Fold-in regularization",
                    "How strongly a history is held to what all like; .01 to .2 is usual",
                    &LogisticConfig::foldInRegularization, .0001, 10, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

Result<ModelPtr> fitLogistic(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    return config ? implicit::fitRanking(input, config->settings(), job) : tl::unexpected(config.error());
}

Cost estimateLogistic(const DatasetShape& shape, const ParamSet& params)
{
    const LogisticConfig config = table().read(params).value_or(LogisticConfig{});
    return implicit::estimateRanking(shape, config.settings().training, 1 + config.negatives);
}

} // namespace

Algorithm logisticMfAlgorithm()
{
    Algorithm a;
    a.id = "logistic-mf";
    a.title = "Logistic MF";
    a.family = "Matrix factorization";
    a.summary = "Estimates how likely each person is to like each item, from vectors of both. It learns from what they "
                "liked and from drawn items that they did not touch.";
    a.whenToUse = "For ranking from likes, plays or purchases where scores should be read as chances.";
    a.paper = "Johnson: Logistic matrix factorization for implicit feedback data, NIPS workshop on distributed machine "
              "learning and matrix computations, 2014";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.seeded = true;
    a.warmStart = true;
    a.params = table().specs();
    a.fit = fitLogistic;
    a.load = implicit::loadRanking;
    a.estimate = estimateLogistic;
    return a;
}

} // namespace orrery
