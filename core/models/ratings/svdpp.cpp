// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/svdpp.h"

#include "core/models/ratings/svdpp_trainer.h"

namespace orrery {
namespace {

const ParamTable<SvdppConfig>& table()
{
    static const auto declared = sgdTable<SvdppConfig>();
    return declared;
}

Result<ModelPtr> fitSvdpp(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto trainer = [&](const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                             const JobContext& part) { return trainSvdpp(interactions, heldOut, *config, part); };
    return fittedRatingFactors(*input.train, planOf(*config), trainer, job);
}

Cost estimateSvdpp(const DatasetShape& shape, const ParamSet& params)
{
    const SvdppConfig config = table().read(params).value_or(SvdppConfig{});
    Cost cost = costOfRatingFactors(shape, config.factors, config.tuneFoldIn);
    const double ratings = static_cast<double>(shape.interactions);
    cost.seconds += ratings * config.epochs * (1e-8 + 4e-10 * static_cast<double>(config.factors));
    cost.bytes += shape.items * paddedAndKept(config.factors) * sizeof(float);
    cost.bytes += shape.interactions * (12 + 8); // in the order of training, and the ratings that teach
    return cost;
}

} // namespace

Algorithm svdppAlgorithm()
{
    Algorithm a = ratingFactorization();
    a.id = "svdpp";
    a.title = "SVD++";
    a.summary = "SVD that also learns from which items a person rated at all, whatever the rating. It is trained by "
                "gradient descent, person after person.";
    a.whenToUse = "With explicit ratings, where the choice of what to rate says something; on short histories more "
                  "accurate than SVD.";
    a.paper = "Koren: Factorization Meets the Neighborhood: a Multifaceted Collaborative Filtering Model, KDD 2008";
    a.params = table().specs();
    a.fit = fitSvdpp;
    a.estimate = estimateSvdpp;
    return a;
}

} // namespace orrery
