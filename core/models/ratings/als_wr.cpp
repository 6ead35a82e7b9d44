// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/als_wr.h"

#include "core/models/ratings/als_wr_trainer.h"
#include "core/models/ratings/rating_factor_model.h"

namespace orrery {
namespace {

const ParamTable<AlsWrConfig>& table()
{
    static const auto declared =
        ParamTable<AlsWrConfig>{}
            .number("factors", "Factors", "Length of each vector; 20 to 100 is usual", &AlsWrConfig::factors, 1,
                    mostFactors, ParamScale::Logarithmic)
            .number("epochs", "Epochs", "Passes over people and items; 10 to 30 is usual", &AlsWrConfig::epochs, 1,
                    1000, ParamScale::Logarithmic)
            .number("regularization", "Regularization",
                    "Keeps vectors small, for each of their ratings; 0.03 to 0.15 is usual",
                    &AlsWrConfig::regularization, 1e-3, 10, ParamScale::Logarithmic)
            .flag("biases", "Biases", "Learns how high each item is rated and how generous each person is",
                  &AlsWrConfig::biases)
            .number("init-spread", "Initial spread", "Standard deviation of the first random item vectors",
                    &AlsWrConfig::initSpread, 1e-4, 1, ParamScale::Logarithmic)
            .advanced();
    return declared;
}

FoldInPlan planOf(const AlsWrConfig& config)
{
    FoldInPlan plan{{0, {}, static_cast<double>(config.regularization)}, false};
    if (config.biases)
        plan.ridge.bias = 0;
    return plan;
}

Result<RatingFactors> trained(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                              const AlsWrConfig& config, const JobContext& job)
{
    auto factors = trainAlsWr(interactions, heldOut, config, job);
    if (factors && !config.biases)
        centreOnAveragePerson(*factors, ratingsToLearn(interactions, heldOut));
    return factors;
}

Result<ModelPtr> fitAlsWr(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto trainer = [&](const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                             const JobContext& part) { return trained(interactions, heldOut, *config, part); };
    return fittedRatingFactors(*input.train, planOf(*config), trainer, job);
}

Cost estimateAlsWr(const DatasetShape& shape, const ParamSet& params)
{
    const AlsWrConfig config = table().read(params).value_or(AlsWrConfig{});
    Cost cost = costOfRatingFactors(shape, config.factors, false);
    const double ratings = static_cast<double>(shape.interactions);
    const double rows = static_cast<double>(shape.people + shape.items);
    const double rank = static_cast<double>(config.factors) + 1;
    cost.seconds +=
        config.epochs * (ratings * 2 * (rank * rank * 4e-11 + rank * 4e-10) + rows * rank * rank * rank * 3e-11);
    cost.bytes += shape.interactions * 2 * 8;
    return cost;
}

} // namespace

Algorithm alsWrAlgorithm()
{
    Algorithm a = ratingFactorization();
    a.id = "als-wr";
    a.title = "ALS-WR";
    a.summary = "Gives every person and every item a short vector whose product comes close to the ratings, by solving "
                "for all people and all items in turn. Rows are held to zero in proportion to their number of ratings.";
    a.whenToUse = "With explicit ratings, where training should use all processors and have no learning rate to set.";
    a.paper = "Zhou, Wilkinson, Schreiber & Pan: Large-scale Parallel Collaborative Filtering for the Netflix Prize, "
              "AAIM 2008";
    a.params = table().specs();
    a.fit = fitAlsWr;
    a.estimate = estimateAlsWr;
    return a;
}

} // namespace orrery
