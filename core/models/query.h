// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/dataset.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery {

struct HistoryEntry {
    ItemIndex item;
    float value = 1; ///< a rating, or a strength
    Timestamp at = noTime;
    bool operator==(const HistoryEntry&) const = default;
};

/// One entry an item, in ascending item order (so that sums do not depend on the order of typing).
using History = std::vector<HistoryEntry>;

/// Something known of a person or of the circumstances, in words: {"gender", "F"}, {"weekday", "Saturday"}.
struct Fact {
    std::string name;
    std::string value;
    bool operator==(const Fact&) const = default;
};
using Facts = std::vector<Fact>;

/// What a recommender is asked: a history, and who and when where that is known. A known person's query is looked
/// up, a guest's or a what-if edit's is typed in; models cannot tell the difference.
struct Query {
    History history;
    std::optional<UserIndex> user; ///< only for what is stored by person (imported lists)
    Timestamp now = endOfTime;
    Facts who = {};     ///< what is known of the person; empty for a guest who says nothing
    Facts context = {}; ///< when, where, on what; empty: any
};

/// The attributes of a person, one fact a known text, number or tag, in the order of the columns.
[[nodiscard]] ORRERY_API Facts factsOf(const Dataset& dataset, UserIndex user);
/// Names of the facts that contextAt() gives.
inline constexpr std::string_view weekdayFact = "weekday", partOfDayFact = "part of the day";
/// Weekday ("Saturday") and part of the day ("night", "morning", "afternoon", "evening": six hours each) of a moment,
/// in UTC; nothing for noTime and endOfTime.
[[nodiscard]] ORRERY_API Facts contextAt(Timestamp at);
/// Those of an event: of its moment, and the device and the place where they are told.
[[nodiscard]] ORRERY_API Facts contextOf(const EventLog& log, std::size_t event);

/// The only two places where queries are made; both cut everything at or after `now`, sort by item, and keep the
/// last entry of an item. That of a stored person also says who they are. The circumstances are those of `now`.
[[nodiscard]] ORRERY_API Query queryFor(const Dataset& dataset, UserIndex user, Timestamp now = endOfTime);
[[nodiscard]] ORRERY_API Query queryFor(History history, std::optional<UserIndex> user = {}, Timestamp now = endOfTime,
                                        Facts who = {});

} // namespace orrery
