// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/interactions.h"
#include "core/models/query.h"
#include "core/models/ratings/side_features.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace orrery {

/// When ratings were given: each belongs to a setting (an hour of the week, in days and quarters of days), whose
/// features are its weekday and its part of the day.
struct RatingContext {
    std::vector<std::uint8_t> settings; ///< of each rating, as the interactions are ordered; empty: nothing is known
    SideFeatures features;              ///< rows are settings

    [[nodiscard]] bool any() const { return !settings.empty(); }
};

/// Those of a day of the week and a part of the day, and one of which nothing is known.
inline constexpr std::size_t settingCount = 7 * 4 + 1;
/// Weekdays, then parts of the day, as the features of a RatingContext are numbered.
inline constexpr std::size_t contextFeatures = 7 + 4;
/// First and last (exclusive) feature of each kind.
inline constexpr std::array<std::pair<std::size_t, std::size_t>, 2> contextKinds{{{0, 7}, {7, 7 + 4}}};

/// Of interactions without times there is none.
[[nodiscard]] RatingContext ratingContextOf(const Interactions& interactions);
/// Of each feature, the share of the ratings that have it, of those that have one of its kind; zeros where none has.
[[nodiscard]] std::vector<double> contextSharesOf(const RatingContext& context);
/// The features that are true of the circumstances of a query, or of a moment.
[[nodiscard]] std::vector<std::size_t> contextFeaturesOf(const Facts& context);
/// "on Saturdays", "in the evening".
[[nodiscard]] const std::string& contextFeatureName(std::size_t feature);

} // namespace orrery
