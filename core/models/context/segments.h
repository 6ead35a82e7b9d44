// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/query.h"
#include "core/params/param_set.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// By what the circumstances are told apart.
enum class ContextBy {
    Weekend,   ///< Saturday and Sunday, or any other day
    Weekday,   ///< the seven
    PartOfDay, ///< night, morning, afternoon, evening
};

/// For ParamTable::choice.
[[nodiscard]] std::vector<ParamChoice> contextChoices();
/// For labels: "on Saturdays", "at weekends", "in the evening".
[[nodiscard]] const std::vector<std::string>& segmentNames(ContextBy by);
/// The segment that the facts of contextAt() name; none where they do not tell.
[[nodiscard]] std::optional<std::size_t> segmentOf(ContextBy by, const Facts& context);
/// The segment of each event of a log by its time; noSegment without one. O(events).
inline constexpr std::uint8_t noSegment = 255;
[[nodiscard]] std::vector<std::uint8_t> segmentsOf(ContextBy by, const EventLog& log);

} // namespace orrery
