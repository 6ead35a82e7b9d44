// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/baselines/newest.h"

#include "core/models/baselines/item_scores.h"
#include "core/params/param_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

enum class Age { Year, FirstSeen };

struct NewestConfig {
    Age by = Age::Year;
};

const ParamTable<NewestConfig>& table()
{
    static const auto declared =
        ParamTable<NewestConfig>{}.choice("by", "What makes an item new",
                                          "The year it was released, or when it was first used; where one is not "
                                          "known, the other stands in",
                                          &NewestConfig::by, {{"year", "Year"}, {"first-seen", "First event"}});
    return declared;
}

ItemScoresParts partsWith(std::vector<float> years)
{
    return {std::move(years), TermKind::Attribute, "when it came out", Scale::Rank};
}

/// One year an item; unknown where there is none.
std::vector<double> yearsOf(const Dataset& dataset)
{
    std::vector<double> years(dataset.itemCount(), unknown);
    if (const NumberColumn* column = dataset.items().number("year"))
        std::copy_n(column->values.begin(), std::min(years.size(), column->values.size()), years.begin());
    return years;
}

std::vector<double> firstSeen(const Dataset& dataset)
{
    constexpr double secondsOfAYear = 365.2425 * 86'400;
    std::vector<double> years(dataset.itemCount(), unknown);
    const EventLog& log = dataset.log();
    for (std::size_t n = 0; n < log.times().size(); ++n) {
        double& first = years[log.items()[n].value];
        const double year = 1970 + static_cast<double>(log.times()[n]) / secondsOfAYear;
        if (log.times()[n] != noTime && !(first <= year))
            first = year;
    }
    return years;
}

/// `wanted`, else `other`, else a year before all of them.
std::vector<float> joined(const std::vector<double>& wanted, const std::vector<double>& other)
{
    std::vector<float> years(wanted.size());
    std::ranges::transform(wanted, other, years.begin(), [](double year, double instead) {
        return static_cast<float>(std::isfinite(year) ? year : instead);
    });
    float oldest = std::numeric_limits<float>::max();
    for (const float year : years)
        oldest = std::isfinite(year) ? std::min(oldest, year) : oldest;
    std::ranges::replace_if(
        years, [](float year) { return !std::isfinite(year); }, oldest - 1);
    return years;
}

Result<ModelPtr> fitNewest(const FitInput& input, const ParamSet& params, const JobContext& job)
{
    const auto config = table().read(params);
    if (!config)
        return tl::unexpected(config.error());
    const auto years = yearsOf(*input.train);
    const auto seen = firstSeen(*input.train);
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    auto scores = config->by == Age::Year ? joined(years, seen) : joined(seen, years);
    return std::make_shared<const ItemScores>(partsWith(std::move(scores)), newestAlgorithm().can);
}

Result<ModelPtr> loadNewest(const Artifact& artifact)
{
    return ItemScores::load(artifact, partsWith({}), newestAlgorithm().can);
}

Cost estimateNewest(const DatasetShape& shape, const ParamSet&)
{
    return {static_cast<double>(shape.interactions) * 2e-9 + static_cast<double>(shape.items) * 8e-8,
            shape.items * (2 * sizeof(double) + sizeof(float))};
}

} // namespace

Algorithm newestAlgorithm()
{
    Algorithm a;
    a.id = "newest";
    a.title = "Newest";
    a.family = "Non-personal";
    a.summary = "Offers everybody the newest items they have not seen. Nothing else counts.";
    a.whenToUse = "For a shelf of what is new, and as the bar where people mostly want what just came out.";
    a.paper = "Ludewig & Jannach: Evaluation of session-based recommendation algorithms, UMUAI 2018 (recency as a "
              "baseline)";
    a.fallback = "The same list as for everybody: the newest items.";
    a.can.personal = false;
    a.can.similarItems = false;
    a.can.reason = "A date has no notion of similar items.";
    a.needs = {Need::Dates};
    a.params = table().specs();
    a.fit = fitNewest;
    a.load = loadNewest;
    a.estimate = estimateNewest;
    return a;
}

} // namespace orrery
