// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/trending.h"

#include "core/models/baselines/item_scores.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr double secondsOfADay = 86'400;

enum class Counting { Events, Values };

struct TrendingConfig {
    double halfLife = 30;
    Counting count = Counting::Events;
};

const ParamTable<TrendingConfig>& table()
{
    static const auto declared =
        ParamTable<TrendingConfig>{}
            .number("half-life", "Half-life in days",
                    "After how many days an event counts half; 1 to 7 for news, 30 to 365 for films",
                    &TrendingConfig::halfLife, 0.01, 36'500, ParamScale::Logarithmic)
            .choice("count", "Count", "What one event adds before it fades", &TrendingConfig::count,
                    {{"events", "One"}, {"values", "Its value"}});
    return declared;
}

ItemScoresParts partsWith(std::vector<float> scores)
{
    return {std::move(scores), TermKind::Popularity, "how much it was used lately", Scale::Count};
}

Result<ModelPtr> fitTrending(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const EventLog& log = input.train->log();
    const Timestamp newest = std::ranges::max(log.times());
    const double perSecond = -1 / (config->halfLife * secondsOfADay);
    std::vector<double> sums(input.train->itemCount(), 0.0);
    for (std::size_t n = 0; n < log.size(); ++n) {
        const auto weight = static_cast<double>(input.train->kindWeights()[log.kindOf(n)]);
        if (log.times()[n] == noTime || weight == 0)
            continue;
        const double value = config->count == Counting::Values ? weight * static_cast<double>(log.values()[n]) : 1;
        sums[log.items()[n].value] += value * std::exp2(perSecond * static_cast<double>(newest - log.times()[n]));
    }
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    return std::make_shared<const ItemScores>(partsWith({sums.begin(), sums.end()}), trendingAlgorithm().can);
}

Result<ModelPtr> loadTrending(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}), trendingAlgorithm().can);
}

Cost estimateTrending(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.interactions) * 1e-8,
            shape.items * (2 * sizeof(double) + 2 * sizeof(float)) + 60'000};
}

} // namespace

Algorithm trendingAlgorithm()
{
    Algorithm a;
    a.id = "trending";
    a.title = "Trending";
    a.family = "Non-personal";
    a.summary = "Counts how often each item was used, where an event counts half after each half-life. Everybody gets "
                "what is used most just now.";
    a.whenToUse = "As the bar for data with fashions, and for a list of what is trending.";
    a.paper = "Cormode, Shkapenyuk, Srivastava & Xu: Forward Decay: A Practical Time Decay Model for Streaming "
              "Systems, ICDE 2009";
    a.fallback = "The same list as for everybody: what is used most just now.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "Trends have no notion of similar items.";
    a.needs = {Need::Times};
    a.params = table().specs();
    a.fit = fitTrending;
    a.load = loadTrending;
    a.estimate = estimateTrending;
    return a;
}

} // namespace orrery
