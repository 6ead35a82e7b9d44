// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// What a feature is about.
enum class FeatureGroup : std::uint8_t {
    Person,    ///< whoever asks, by their history
    Item,      ///< the candidate
    Pair,      ///< what the one has to do with the other
    Context,   ///< when, on what, and how far into a visit
    Retrieval, ///< which sources found the candidate, and at which place
};
inline constexpr std::size_t featureGroupCount = 5;
/// "Person", "Item", "Person and item", "Circumstances", "Sources".
[[nodiscard]] ORRERY_API std::string_view nameOf(FeatureGroup group);

/// What its number means.
enum class FeatureUnit : std::uint8_t {
    Count,    ///< a whole number
    LogCount, ///< ln(1 + a count)
    Days,
    Seconds,
    Share,    ///< 0 to 1
    YesNo,    ///< 0 or 1
    Money,    ///< in the currency of the data
    LogRatio, ///< ln of how many times as much; 0: as much
    Value,    ///< on the scale of the data: stars, or strengths
    Hour,     ///< 0 to 23, UTC
    Weekday,  ///< 0 Sunday to 6 Saturday, UTC
    Device,   ///< 0 other, 1 phone, 2 tablet, 3 computer, 4 television
    Score,    ///< on a scale of its own
};

/// A column of the rows that a ranker learns from and is asked with. A value that is not known is NaN.
struct Feature {
    std::string id;    ///< "pair.brand_bought": never used anew with another meaning
    std::string title; ///< "Bought this brand before"
    std::string about; ///< one sentence
    FeatureGroup group = FeatureGroup::Item;
    FeatureUnit unit = FeatureUnit::Count;
    float low = 0, high = 0;   ///< where its values lie
    bool mayBeMissing = false; ///< NaN is a value like others: the data do not always tell it
};

/// All features of a funnel with these sources, in the order of the columns: those that do not depend on sources, then
/// two of each source (place and score). Ids of a source's are made from its name.
[[nodiscard]] ORRERY_API std::vector<Feature> features(std::span<const std::string> sourceNames);
/// How many do not depend on sources: they come first.
[[nodiscard]] ORRERY_API std::size_t commonFeatureCount();

/// A number that grows when values are worked out in another way, and a hash of the declarations with these sources:
/// "1-6f0c2d3a9b4e5f60". A ranker answers rows of its own version only.
[[nodiscard]] ORRERY_API std::string featureVersion(std::span<const std::string> sourceNames = {});

/// "3 days", "12 %", "yes", "1.4 times", "Saturday"; "not known" for NaN.
[[nodiscard]] ORRERY_API std::string inWords(FeatureUnit unit, float value);

} // namespace orrery
