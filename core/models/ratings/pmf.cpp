// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/pmf.h"

#include "core/models/ratings/svd_trainer.h"

namespace orrery {
namespace {

struct PmfConfig : SvdConfig {
    PmfConfig() { biased = false; }
};

const ParamTable<PmfConfig>& table()
{
    static const auto declared = sgdTable<PmfConfig>(PersonBias::None);
    return declared;
}

Result<RatingFactors> trained(const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                              const PmfConfig& config, const JobContext& job)
{
    auto factors = trainSvd(interactions, heldOut, config, job);
    if (factors)
        centreOnAveragePerson(*factors, ratingsToLearn(interactions, heldOut));
    return factors;
}

Result<ModelPtr> fitPmf(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto trainer = [&](const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                             const JobContext& part) { return trained(interactions, heldOut, *config, part); };
    return fittedRatingFactors(*input.train, planOf(*config, PersonBias::None), trainer, job);
}

Cost estimatePmf(const DatasetShape& shape, const ParamSet& params)
{
    return costOfSvd(shape, table().read(params).value_or(PmfConfig{}));
}

} // namespace

Algorithm pmfAlgorithm()
{
    Algorithm a = ratingFactorization();
    a.id = "pmf";
    a.title = "PMF";
    a.summary = "Gives every person and every item a short vector whose product comes close to the ratings, without a "
                "bias for either. It is trained by gradient descent, one rating at a time.";
    a.whenToUse = "To see what biases are worth: SVD is the same with them, and more accurate.";
    a.paper = "Salakhutdinov & Mnih: Probabilistic Matrix Factorization, NIPS 2007";
    a.fallback = "Items ordered as for the average person.";
    a.params = table().specs();
    a.fit = fitPmf;
    a.estimate = estimatePmf;
    return a;
}

} // namespace orrery
