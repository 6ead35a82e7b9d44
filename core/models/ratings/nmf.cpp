// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/nmf.h"

#include "core/models/ratings/nmf_trainer.h"
#include "core/models/ratings/rating_factor_model.h"

namespace orrery {
namespace {

ParamTable<NmfConfig> declared()
{
    ParamTable<NmfConfig> table;
    table
        .number("factors", "Factors", "Number of parts; 10 to 50 is usual", &NmfConfig::factors, 1, mostFactors,
                ParamScale::Logarithmic)
        .number("epochs", "Epochs", "Passes over people and items; 30 to 100 is usual", &NmfConfig::epochs, 1, 1000,
                ParamScale::Logarithmic)
        .number("regularization", "Regularization", "Keeps factors small, for each rating; 0.02 to 0.2 is usual",
                &NmfConfig::regularization, 0, 10)
        .flag("biases", "Biases", "Learns how high each item is rated and how generous each person is",
              &NmfConfig::biases)
        .number("bias-reg", "Shrinkage of biases", "Pulls the bias of a row with few ratings to zero; 2 to 20 is usual",
                &NmfConfig::biasReg, 0, 1000)
        .advanced()
        .number("init-high", "Initial values", "The first random values lie between 0 and this", &NmfConfig::initHigh,
                1e-3, 10, ParamScale::Logarithmic)
        .advanced();
    return addFoldIn(table);
}

const ParamTable<NmfConfig>& table()
{
    static const auto made = declared();
    return made;
}

Result<RatingFactors> trained(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                              const NmfConfig& config, const JobContext& job)
{
    auto factors = trainNmf(interactions, heldOut, config, job);
    if (factors && !config.biases)
        centreOnAveragePerson(*factors, ratingsToLearn(interactions, heldOut));
    return factors;
}

Result<ModelPtr> fitNmf(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto trainer = [&](const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                             const JobContext& part) { return trained(interactions, heldOut, *config, part); };
    const PersonBias bias = config->biases ? PersonBias::Learnt : PersonBias::None;
    return fittedRatingFactors(*input.train, planOf(*config, bias), trainer, job);
}

Cost estimateNmf(const DatasetShape& shape, const ParamSet& params)
{
    const NmfConfig config = table().read(params).value_or(NmfConfig{});
    Cost cost = costOfRatingFactors(shape, config.factors, config.tuneFoldIn);
    const double ratings = static_cast<double>(shape.interactions);
    cost.seconds += ratings * config.epochs * (1e-8 + 4e-10 * static_cast<double>(config.factors));
    cost.bytes += shape.interactions * 2 * 8;
    return cost;
}

} // namespace

Algorithm nmfAlgorithm()
{
    Algorithm a = ratingFactorization();
    a.id = "nmf";
    a.title = "NMF";
    a.summary = "Sees every item as a mixture of parts, none of them negative, and every person as how much they like "
                "each part. Training only ever multiplies, so that nothing falls below zero.";
    a.whenToUse = "With explicit ratings, where the factors themselves should be readable as kinds of items.";
    a.paper = "Luo, Zhou, Xia & Zhu: An Efficient Non-Negative Matrix-Factorization-Based Approach to Collaborative "
              "Filtering for Recommender Systems, IEEE Transactions on Industrial Informatics 2014";
    a.fallback = "Items ordered as for the average person, or by their average rating where it learns biases.";
    a.params = table().specs();
    a.fit = fitNmf;
    a.estimate = estimateNmf;
    return a;
}

} // namespace orrery
