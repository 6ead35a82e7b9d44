// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/bpr.h"

#include "core/models/implicit/ranking_model.h"
#include "core/models/popular_fallback.h"
#include "core/params/param_table.h"

namespace orrery {
namespace {

using implicit::Negatives;

struct BprConfig {
    int factors = 64;
    int epochs = 60;
    float learningRate = .05F;
    float regularization = .01F;
    Negatives negatives = Negatives::Uniform;
    int candidates = 5;
    float likedFrom = 4;
    float foldInRegularization = .05F;

    [[nodiscard]] implicit::RankingSettings settings() const
    {
        return {{implicit::RankingLoss::Pairwise, negatives, factors, epochs, learningRate, regularization, candidates},
                likedFrom,
                1,
                foldInRegularization};
    }
};

const ParamTable<BprConfig>& table()
{
    static const auto declared =
        ParamTable<BprConfig>{}
            .number("factors", "Factors", "Length of each vector; more tell finer tastes apart; 32 to 128 is usual",
                    &BprConfig::factors, 1, 512)
            .number("epochs", "Epochs", "Rounds over all that is liked; 30 to 200 is usual", &BprConfig::epochs, 1,
                    2000)
            .number("learning-rate", "Learning rate", "Size of a step; .01 to .1 is usual", &BprConfig::learningRate,
                    .0001, 1, ParamScale::Logarithmic)
            .number("regularization", "Regularization", "Higher is smoother; .001 to .05 is usual",
                    &BprConfig::regularization, .000001, 1, ParamScale::Logarithmic)
            .choice("negatives", "Compared with", "Which items that were not liked a liked one is compared with",
                    &BprConfig::negatives,
                    {{"uniform", "All alike"},
                     {"popular", "Popular ones more often"},
                     {"hardest", "Of a few, the one that scores highest"}})
            .number("liked-from", "Liked from",
                    "Smallest rating that counts as liked; lower ones count as unknown. Counts above 0 are all liked",
                    &BprConfig::likedFrom, 0, 100)
            .number("candidates", "Candidates", "Of how many the highest score is taken; 2 to 10 is usual",
                    &BprConfig::candidates, 1, 100)
            .advanced()
            .number("fold-in-regularization", "Fold-in regularization",
                    "How strongly a history is held to what all like; .01 to .2 is usual",
                    &BprConfig::foldInRegularization, .0001, 10, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

Result<ModelPtr> fitBpr(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    return config ? implicit::fitRanking(input, config->settings(), job) : tl::unexpected(config.error());
}

Cost estimateBpr(const DatasetShape& shape, const ParamSet& params)
{
    const BprConfig config = table().read(params).value_or(BprConfig{});
    const double more = config.negatives == Negatives::Hardest ? config.candidates * .5 : 0;
    return implicit::estimateRanking(shape, config.settings().training, 1 + more);
}

} // namespace

Algorithm bprAlgorithm()
{
    Algorithm a;
    a.id = "bpr";
    a.title = "BPR";
    a.family = "Matrix factorization";
    a.summary = "Places people and items in one space so that what somebody liked scores above what they did not. It "
                "learns from pairs of such items.";
    a.whenToUse = "For ranking from likes, plays or purchases when the order matters and not how much something is "
                  "liked; implicit ALS is often more accurate.";
    a.paper = "Rendle, Freudenthaler, Gantner & Schmidt-Thieme: BPR: Bayesian personalized ranking from implicit "
              "feedback, UAI 2009; hardest of several after Zhang, Chen, Wang & Yu: Optimizing top-N collaborative "
              "filtering via dynamic negative item sampling, SIGIR 2013";
    a.fallback = PopularFallback::declaration();
    a.can.similarPeople = true;
    a.seeded = true;
    a.warmStart = true;
    a.params = table().specs();
    a.fit = fitBpr;
    a.load = implicit::loadRanking;
    a.estimate = estimateBpr;
    return a;
}

} // namespace orrery
