// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"

#include "core/base/machine_speed.h"
#include "core/models/baselines/bias.h"
#include "core/models/baselines/category_popularity.h"
#include "core/models/baselines/newest.h"
#include "core/models/baselines/popularity.h"
#include "core/models/baselines/random.h"
#include "core/models/baselines/rating_mean.h"
#include "core/models/baselines/trending.h"
#include "core/models/content/content.h"
#include "core/models/content/lsa.h"
#include "core/models/content/vectors.h"
#include "core/models/context/context_filter.h"
#include "core/models/context/context_weights.h"
#include "core/models/demographic/demographic.h"
#include "core/models/hybrids/blend.h"
#include "core/models/hybrids/cascade.h"
#include "core/models/hybrids/cold_start.h"
#include "core/models/hybrids/inherited.h"
#include "core/models/hybrids/lightfm.h"
#include "core/models/hybrids/stacking.h"
#include "core/models/hybrids/switch.h"
#include "core/models/implicit/bpr.h"
#include "core/models/implicit/implicit_als.h"
#include "core/models/implicit/logistic_mf.h"
#include "core/models/implicit/warp.h"
#include "core/models/knowledge/wish_list.h"
#include "core/models/linear/ease.h"
#include "core/models/linear/pure_svd.h"
#include "core/models/linear/slim.h"
#include "core/models/neighbours/co_occurrence.h"
#include "core/models/neighbours/item_knn.h"
#include "core/models/neighbours/rating_item_knn.h"
#include "core/models/neighbours/rating_user_knn.h"
#include "core/models/neighbours/rp3beta.h"
#include "core/models/neighbours/slope_one.h"
#include "core/models/neighbours/user_knn.h"
#include "core/models/ratings/als_wr.h"
#include "core/models/ratings/bayesian_fm.h"
#include "core/models/ratings/nmf.h"
#include "core/models/ratings/pmf.h"
#include "core/models/ratings/svd.h"
#include "core/models/ratings/svdpp.h"
#include "core/models/sequences/fpmc.h"
#include "core/models/sequences/session_knn.h"
#include "core/models/sequences/transitions.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {

namespace {

template <class Column> bool hasColumn(const AttributeTable& table)
{
    return std::ranges::any_of(
        table.columns(), [](const AttributeColumn& column) { return std::holds_alternative<Column>(column.data); });
}

/// What is missing, as the end of a sentence; null when it is there.
const char* missing(Need need, const Dataset& dataset)
{
    switch (need) {
    case Need::Ratings: return dataset.feedback() == Feedback::Explicit ? nullptr : "ratings, and these are counts";
    case Need::Times: return dataset.log().hasTimes() ? nullptr : "the time of the events, and these have none";
    case Need::Context:
        return dataset.log().hasTimes() || dataset.log().hasContexts()
                   ? nullptr
                   : "the time, the device or the place of the events, and these have none";
    case Need::Dates:
        return dataset.log().hasTimes() || dataset.items().number("year") != nullptr
                   ? nullptr
                   : "the year of the items or the time of the events, and there is neither";
    case Need::ItemText: return hasColumn<TextColumn>(dataset.items()) ? nullptr : "titles or other texts of the items";
    case Need::ItemTags: return hasColumn<TagColumn>(dataset.items()) ? nullptr : "genres or other tags of the items";
    case Need::ItemVectors: return !dataset.items().vectors().empty() ? nullptr : "item vectors that were imported";
    case Need::ItemContent: return !dataset.items().columns().empty() ? nullptr : "texts, tags or numbers of the items";
    case Need::PeopleFacts: return !dataset.people().columns().empty() ? nullptr : "attributes of the people";
    }
    return nullptr;
}

} // namespace

std::string whyNot(const Algorithm& algorithm, const Dataset& dataset)
{
    for (const Need need : algorithm.needs)
        if (const char* what = missing(need, dataset))
            return fmt::format("{} needs {}.", algorithm.title, what);
    return {};
}

Cost expectedCost(const Algorithm& algorithm, const DatasetShape& shape, const ParamSet& params)
{
    Cost cost = algorithm.estimate(shape, params);
    cost.seconds /= machineSpeed();
    return cost;
}

Result<ModelPtr> train(const Algorithm& algorithm, const FitInput& input, const ParamSet& params, const JobContext& job)
{
    if (const std::string why = whyNot(algorithm, *input.train); !why.empty())
        return error(Code::InvalidArgument, why, "Choose another algorithm, or data that has it");
    if (input.train->interactions().size() == 0)
        return error(Code::InvalidArgument, "There are no interactions to learn from", "Import ratings first");
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    try {
        return algorithm.fit(input, params, job);
    } catch (const std::bad_alloc&) {
        return error(Code::OutOfMemory, "There is not enough memory to train this model",
                     "Ask for fewer factors or neighbours, or train on less data");
    }
}

std::span<const Algorithm> catalogue()
{
    // One line each, so that two new algorithms do not meet in one.
    // clang-format off
    static const std::vector<Algorithm> all = {
        popularityAlgorithm(),
        trendingAlgorithm(),
        categoryPopularityAlgorithm(),
        demographicAlgorithm(),
        ratingMeanAlgorithm(),
        newestAlgorithm(),
        randomAlgorithm(),
        biasAlgorithm(),
        itemKnnAlgorithm(),
        userKnnAlgorithm(),
        rp3betaAlgorithm(),
        coOccurrenceAlgorithm(),
        easeAlgorithm(),
        slimAlgorithm(),
        pureSvdAlgorithm(),
        ratingItemKnnAlgorithm(),
        ratingUserKnnAlgorithm(),
        slopeOneAlgorithm(),
        svdAlgorithm(),
        svdppAlgorithm(),
        alsWrAlgorithm(),
        pmfAlgorithm(),
        nmfAlgorithm(),
        implicitAlsAlgorithm(),
        bprAlgorithm(),
        warpAlgorithm(),
        logisticMfAlgorithm(),
        bayesianFmAlgorithm(),
        sessionKnnAlgorithm(),
        transitionsAlgorithm(),
        fpmcAlgorithm(),
        contentAlgorithm(),
        lsaAlgorithm(),
        vectorsAlgorithm(),
        wishListAlgorithm(),
        blendAlgorithm(),
        stackingAlgorithm(),
        switchAlgorithm(),
        cascadeAlgorithm(),
        coldStartAlgorithm(),
        inheritedAlgorithm(),
        lightFmAlgorithm(),
        contextFilterAlgorithm(),
        contextWeightsAlgorithm(),
    };
    // clang-format on
    return all;
}

const Algorithm* findAlgorithm(std::string_view id)
{
    const auto found = std::ranges::find(catalogue(), id, &Algorithm::id);
    return found == catalogue().end() ? nullptr : &*found;
}

Result<const Algorithm*> requireAlgorithm(std::string_view id)
{
    if (const Algorithm* found = findAlgorithm(id))
        return found;
    std::vector<std::string> ids;
    for (const auto& algorithm : catalogue())
        ids.push_back(algorithm.id);
    return error(Code::NotFound, fmt::format("There is no algorithm '{}'", id),
                 fmt::format("Known are {}", fmt::join(ids, ", ")));
}

} // namespace orrery
