// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/svd.h"

#include "core/models/ratings/svd_trainer.h"

namespace orrery {
namespace {

const ParamTable<SvdConfig>& table()
{
    static const auto declared = sgdTable<SvdConfig>();
    return declared;
}

// Nothing can be held back from vectors that learnt most of it already: what was tuned when they began stays.
FoldInPlan planFrom(const SvdConfig& config, const WarmStart& start, const Model* before)
{
    FoldInPlan plan = planOf(config);
    if (start.empty() || !plan.tune)
        return plan;
    plan.tune = false;
    if (const auto ridge = ridgeOf(*before))
        plan.ridge.vector = ridge->vector;
    return plan;
}

Result<ModelPtr> fitSvd(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto start = warmStartFrom(input.before.get(), static_cast<std::size_t>(config->factors),
                                     input.train->personCount(), input.train->itemCount());
    const auto trainer = [&](const Interactions& interactions, std::span<const std::uint8_t> heldOut,
                             const JobContext& part) { return trainSvd(interactions, heldOut, *config, part, start); };
    return fittedRatingFactors(*input.train, planFrom(*config, start, input.before.get()), trainer, job);
}

Cost estimateSvd(const DatasetShape& shape, const ParamSet& params)
{
    return costOfSvd(shape, table().read(params).value_or(SvdConfig{}));
}

} // namespace

Algorithm svdAlgorithm()
{
    Algorithm a = ratingFactorization();
    a.id = "svd";
    a.title = "SVD";
    a.summary = "Gives every person and every item a short vector, so that their product, on top of a bias for each, "
                "comes close to the ratings. It is trained by gradient descent, one rating at a time.";
    a.whenToUse = "With explicit ratings, to predict stars accurately. For ranking, implicit ALS is often better.";
    a.paper = "Koren, Bell & Volinsky: Matrix Factorization Techniques for Recommender Systems, IEEE Computer 2009 "
              "(after Funk 2006)";
    a.warmStart = true;
    a.starter = true;
    a.params = table().specs();
    a.fit = fitSvd;
    a.estimate = estimateSvd;
    return a;
}

} // namespace orrery
