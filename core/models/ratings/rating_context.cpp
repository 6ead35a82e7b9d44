// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/ratings/rating_context.h"

#include "core/models/artifact.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

// Settings are combinations: 8 weekdays (with none), 5 parts of the day, and one more than so many devices and places
// are below 65,536.
constexpr std::size_t mostWords = 39;

/// The segments of a rating, one a kind, as digits of one number; none is the digit past the last segment.
std::vector<std::uint32_t> combinationsOf(const ContextFeatures& features, const EventLog& ratings)
{
    std::vector<std::uint32_t> combinations(ratings.size(), 0);
    for (const Segments& kind : features.kinds()) {
        const auto segments = kind.ofEvents(ratings);
        const auto base = static_cast<std::uint32_t>(kind.size() + 1);
        for (std::size_t rating = 0; rating < ratings.size(); ++rating)
            combinations[rating] =
                combinations[rating] * base +
                (segments[rating] == Segments::none ? base - 1 : static_cast<std::uint32_t>(segments[rating]));
    }
    return combinations;
}

/// The feature of each kind that a combination has; `none` where it has none.
constexpr std::size_t none = ~std::size_t{0};
std::vector<std::size_t> featuresIn(std::uint32_t combination, const ContextFeatures& features)
{
    std::vector<std::size_t> found(features.kinds().size());
    for (std::size_t kind = found.size(); kind-- > 0;) {
        const auto base = static_cast<std::uint32_t>(features.kinds()[kind].size() + 1);
        const std::uint32_t digit = combination % base;
        found[kind] = digit == base - 1 ? none : features.first(kind) + digit;
        combination /= base;
    }
    return found;
}

SideFeatures featuresOf(std::span<const std::uint32_t> combinations, const ContextFeatures& features)
{
    std::vector<std::vector<std::uint32_t>> rows(features.count());
    for (std::uint32_t setting = 0; setting < combinations.size(); ++setting)
        for (const std::size_t feature : featuresIn(combinations[setting], features))
            if (feature != none)
                rows[feature].push_back(setting);
    SideFeatures out;
    for (std::uint32_t kind = 0; kind < features.kinds().size(); ++kind)
        for (std::size_t feature = features.first(kind); feature < features.first(kind + 1); ++feature) {
            out.rows.insert(out.rows.end(), rows[feature].begin(), rows[feature].end());
            out.values.resize(out.rows.size(), 1);
            out.starts.push_back(out.rows.size());
            out.groups.push_back(kind);
        }
    return out;
}

std::string prefixOf(std::size_t kind) { return fmt::format("context-{}-", kind); }

} // namespace

ContextFeatures::ContextFeatures(const EventLog& log)
{
    for (const ContextBy by : {ContextBy::Weekday, ContextBy::PartOfDay, ContextBy::Device, ContextBy::Place})
        if (Segments kind(by, log, mostWords); checkTold(kind, log))
            add(std::move(kind));
}

void ContextFeatures::add(Segments kind)
{
    m_firsts.push_back(m_firsts.back() + kind.size());
    m_kinds.push_back(std::move(kind));
}

std::vector<std::size_t> ContextFeatures::of(const Facts& context) const
{
    std::vector<std::size_t> features;
    for (std::size_t kind = 0; kind < m_kinds.size(); ++kind)
        if (const auto segment = m_kinds[kind].of(context))
            features.push_back(m_firsts[kind] + *segment);
    return features;
}

std::string ContextFeatures::name(std::size_t feature) const
{
    const auto next = std::ranges::upper_bound(m_firsts, feature);
    const auto kind = static_cast<std::size_t>(next - m_firsts.begin()) - 1;
    return m_kinds.at(kind).name(feature - m_firsts[kind]);
}

void ContextFeatures::save(Artifact& artifact) const
{
    artifact.putNumber("context-kinds", static_cast<double>(m_kinds.size()));
    for (std::size_t kind = 0; kind < m_kinds.size(); ++kind)
        m_kinds[kind].save(artifact, prefixOf(kind));
}

Result<ContextFeatures> ContextFeatures::load(const Artifact& artifact)
{
    const auto kinds = artifact.number("context-kinds");
    if (!kinds)
        return tl::unexpected(kinds.error());
    ContextFeatures features;
    for (std::size_t kind = 0; static_cast<double>(kind) < std::min(*kinds, 4.0); ++kind) {
        auto segments = Segments::load(artifact, prefixOf(kind));
        if (!segments)
            return tl::unexpected(segments.error());
        features.add(std::move(*segments));
    }
    return features;
}

RatingContext ratingContextOf(const Dataset& dataset)
{
    const Interactions& interactions = dataset.interactions();
    const EventLog ratings = logOf(interactions, dataset.log(), std::vector<bool>(interactions.size(), true));
    RatingContext context;
    context.features = ContextFeatures(ratings);
    if (context.features.count() == 0)
        return context;
    const auto combinations = combinationsOf(context.features, ratings);
    std::vector<std::uint32_t> settings = combinations;
    std::ranges::sort(settings);
    settings.erase(std::unique(settings.begin(), settings.end()), settings.end());
    context.settingCount = settings.size();
    context.ofSettings = featuresOf(settings, context.features);
    context.settings.reserve(combinations.size());
    for (const std::uint32_t combination : combinations)
        context.settings.push_back(
            static_cast<std::uint16_t>(std::ranges::lower_bound(settings, combination) - settings.begin()));
    return context;
}

std::vector<double> contextSharesOf(const RatingContext& context)
{
    std::vector<double> bySetting(context.settingCount, 0.0), shares(context.features.count(), 0.0);
    for (const std::uint16_t setting : context.settings)
        bySetting[setting] += 1;
    for (std::size_t feature = 0; feature < shares.size(); ++feature)
        for (const std::uint32_t setting : context.ofSettings.column(feature).rows)
            shares[feature] += bySetting[setting];
    for (std::size_t kind = 0; kind < context.features.kinds().size(); ++kind) {
        const auto first = context.features.first(kind);
        const auto ofKind = std::span(shares).subspan(first, context.features.first(kind + 1) - first);
        const double all = std::accumulate(ofKind.begin(), ofKind.end(), 0.0);
        std::ranges::transform(ofKind, ofKind.begin(), [all](double count) { return all > 0 ? count / all : 0; });
    }
    return shares;
}

} // namespace orrery
