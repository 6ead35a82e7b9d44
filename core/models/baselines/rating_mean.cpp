// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/rating_mean.h"

#include "core/models/baselines/item_scores.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <numeric>

namespace orrery {
namespace {

struct RatingMeanConfig {
    float prior = 10;
};

const ParamTable<RatingMeanConfig>& table()
{
    static const auto declared = ParamTable<RatingMeanConfig>{}.number(
        "prior", "Strength of the prior",
        "How many ratings at the mean of all every item is given besides its own; 0 trusts a single rating, 5 to 50 "
        "is usual",
        &RatingMeanConfig::prior, 0, 10'000);
    return declared;
}

ItemScoresParts partsWith(std::vector<float> biases, double mean)
{
    return {std::move(biases), TermKind::ItemBias, "how this item is rated, against the mean", Scale::Rating, mean};
}

std::vector<float> shrunkBiases(const Interactions& interactions, double mean, double prior)
{
    std::vector<double> sums(interactions.items(), 0.0), counts(interactions.items(), prior);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell) {
        const std::uint32_t item = interactions.allItems()[cell].value;
        sums[item] += static_cast<double>(interactions.allValues()[cell]) - mean;
        ++counts[item];
    }
    std::vector<float> biases(sums.size());
    std::ranges::transform(sums, counts, biases.begin(),
                           [](double sum, double count) { return count > 0 ? static_cast<float>(sum / count) : 0.F; });
    return biases;
}

Result<ModelPtr> fitRatingMean(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    const auto values = interactions.allValues();
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const ItemScores>(
        partsWith(shrunkBiases(interactions, mean, static_cast<double>(config->prior)), mean),
        ratingMeanAlgorithm().can);
}

Result<ModelPtr> loadRatingMean(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}, 0), ratingMeanAlgorithm().can);
}

Cost estimateRatingMean(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.interactions) * 3e-9, shape.items * (2 * sizeof(double) + sizeof(float))};
}

} // namespace

Algorithm ratingMeanAlgorithm()
{
    Algorithm a;
    a.id = "rating-mean";
    a.title = "Mean rating";
    a.family = "Non-personal";
    a.summary =
        "Gives each item its mean rating, held towards the mean of all where it has few ratings. Everybody gets "
        "the best rated items.";
    a.whenToUse = "For a list of the best rated, and to see what a personal model adds to it.";
    a.paper = "Efron & Morris: Data Analysis Using Stein's Estimator and Its Generalizations, JASA 1975 (the shrunken "
              "mean)";
    a.fallback = "The same list as for everybody: the best rated items.";
    a.can.ratings = true;
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "Mean ratings have no notion of similar items.";
    a.needs = {Need::Ratings};
    a.params = table().specs();
    a.fit = fitRatingMean;
    a.load = loadRatingMean;
    a.estimate = estimateRatingMean;
    return a;
}

} // namespace orrery
