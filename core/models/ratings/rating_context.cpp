// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rating_context.h"

#include "core/models/context/segments.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace orrery {
namespace {

constexpr std::size_t days = 7, parts = 4;
constexpr std::uint8_t unknownSetting = days * parts;

std::uint8_t settingAt(Timestamp at)
{
    const Facts facts = contextAt(at);
    const auto day = segmentOf(ContextBy::Weekday, facts), part = segmentOf(ContextBy::PartOfDay, facts);
    return day && part ? static_cast<std::uint8_t>(*day * parts + *part) : unknownSetting;
}

SideFeatures featuresOfSettings()
{
    SideFeatures features;
    for (std::size_t feature = 0; feature < contextFeatures; ++feature) {
        const bool isDay = feature < days;
        for (std::uint32_t setting = 0; setting < unknownSetting; ++setting)
            if (isDay ? setting / parts == feature : setting % parts == feature - days) {
                features.rows.push_back(setting);
                features.values.push_back(1);
            }
        features.starts.push_back(features.rows.size());
        features.groups.push_back(isDay ? 0 : 1);
    }
    return features;
}

} // namespace

RatingContext ratingContextOf(const Interactions& interactions)
{
    const auto times = interactions.allTimes();
    if (times.empty())
        return {};
    RatingContext context{{}, featuresOfSettings()};
    context.settings.reserve(times.size());
    std::ranges::transform(times, std::back_inserter(context.settings), settingAt);
    return context;
}

std::vector<double> contextSharesOf(const RatingContext& context)
{
    std::vector<double> bySetting(settingCount, 0.0), shares(contextFeatures, 0.0);
    for (const std::uint8_t setting : context.settings)
        bySetting[setting] += 1;
    for (std::size_t feature = 0; feature < contextFeatures && context.any(); ++feature)
        for (const std::uint32_t setting : context.features.column(feature).rows)
            shares[feature] += bySetting[setting];
    for (const auto& [first, last] : contextKinds) {
        const auto kind = std::span(shares).subspan(first, last - first);
        const double all = std::accumulate(kind.begin(), kind.end(), 0.0);
        std::ranges::transform(kind, kind.begin(), [all](double count) { return all > 0 ? count / all : 0; });
    }
    return shares;
}

std::vector<std::size_t> contextFeaturesOf(const Facts& context)
{
    std::vector<std::size_t> features;
    if (const auto day = segmentOf(ContextBy::Weekday, context))
        features.push_back(*day);
    if (const auto part = segmentOf(ContextBy::PartOfDay, context))
        features.push_back(days + *part);
    return features;
}

const std::string& contextFeatureName(std::size_t feature)
{
    return feature < days ? segmentNames(ContextBy::Weekday)[feature]
                          : segmentNames(ContextBy::PartOfDay)[feature - days];
}

} // namespace orrery
