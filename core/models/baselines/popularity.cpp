// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/popularity.h"

#include "core/models/baselines/item_scores.h"
#include "core/params/param_table.h"

namespace orrery {
namespace {

enum class Counting { People, Liked, Sum };

struct PopularityConfig {
    Counting count = Counting::People;
    float likedFrom = 4;
};

const ParamTable<PopularityConfig>& table()
{
    static const auto declared =
        ParamTable<PopularityConfig>{}
            .choice("count", "Count", "What makes an item popular", &PopularityConfig::count,
                    {{"people", "People who used it"}, {"liked", "People who liked it"}, {"sum", "Sum of values"}})
            .number("liked-from", "Liked from", "Smallest value that counts as liked; 4 of 5 stars is usual",
                    &PopularityConfig::likedFrom, 0, 100);
    return declared;
}

float weightOf(const PopularityConfig& config, float value)
{
    switch (config.count) {
    case Counting::People: return 1;
    case Counting::Liked: return value >= config.likedFrom ? 1.F : 0.F;
    case Counting::Sum: return value;
    }
    return 0;
}

ItemScoresParts partsWith(std::vector<float> counts)
{
    return {std::move(counts), TermKind::Popularity, "how many people used it", Scale::Count};
}

Result<ModelPtr> fitPopularity(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const Interactions& interactions = input.train->interactions();
    std::vector<double> sums(interactions.items(), 0.0);
    for (std::size_t cell = 0; cell < interactions.size(); ++cell)
        sums[interactions.allItems()[cell].value] +=
            static_cast<double>(weightOf(*config, interactions.allValues()[cell]));
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const ItemScores>(partsWith({sums.begin(), sums.end()}), popularityAlgorithm().can);
}

Result<ModelPtr> loadPopularity(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}), popularityAlgorithm().can);
}

Cost estimatePopularity(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.interactions) * 2e-9, shape.items * (sizeof(double) + sizeof(float))};
}

} // namespace

Algorithm popularityAlgorithm()
{
    Algorithm a;
    a.id = "popularity";
    a.title = "Popularity";
    a.family = "Non-personal";
    a.summary = "Counts how many people used each item and offers everybody the most used ones they have not seen. "
                "It knows nothing about the person.";
    a.whenToUse = "As the bar that every personal model must pass, and for people nothing is known about.";
    a.paper = "Cremonesi, Koren & Turrin: Performance of recommender algorithms on top-N recommendation tasks, "
              "RecSys 2010 (TopPop)";
    a.fallback = "The same list as for everybody: the most popular items.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "Popularity has no notion of similar items.";
    a.starter = true;
    a.params = table().specs();
    a.fit = fitPopularity;
    a.load = loadPopularity;
    a.estimate = estimatePopularity;
    return a;
}

} // namespace orrery
