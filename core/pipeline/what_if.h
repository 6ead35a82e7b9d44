// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/recommender.h"

#include <optional>

namespace orrery {

/// An edit of a history: adding or re-rating (a value), or taking out (no value).
struct HistoryEdit {
    ItemIndex item;
    std::optional<float> value;
    bool operator==(const HistoryEdit&) const = default;
};

/// The history after the edits, in their order. An added entry's time is `at`.
[[nodiscard]] ORRERY_API History edited(History history, std::span<const HistoryEdit> edits, Timestamp at = noTime);

/// The n entries with the latest times; of equal times, or without times, those of the highest items.
[[nodiscard]] ORRERY_API History newestOf(History history, std::size_t n);

/// "Without Heat it would fall from 1 to 14": found among the strongest terms, verified by running again.
struct Counterfactual {
    ItemIndex without;
    std::uint32_t rankBefore = 0;
    std::uint32_t rankAfter = 0; ///< 0: no longer a candidate
};

/// Takes out, one at a time, the `tries` history items with the largest positive terms for `item`, and returns the one
/// whose absence costs it the most places. Nothing where no removal lowers it.
[[nodiscard]] ORRERY_API Result<std::optional<Counterfactual>>
strongestCounterfactual(const Recommender& recommender, const Query& query, ItemIndex item, std::size_t tries,
                        const JobContext& job);

} // namespace orrery
