// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/evaluation/split.h"

#include <cstdint>
#include <memory>

namespace orrery {

/// Splits by time that ask what becomes of who and what is new. Each is a GlobalTemporal split of `testShare` of the
/// interactions with a narrower test part, so nothing that is learnt from is at or after the cut.
struct ColdStartPlan {
    double testShare = 0.2;
    Timestamp cut = endOfTime; ///< a given moment instead of a share
    std::uint64_t seed = 1;    ///< of what is told, and of which entry is asked for
};

/// People of whom at most `most` interactions are known before the cut, also none at all.
/// Errors: those of makeSplit; InvalidArgument where there is nobody.
[[nodiscard]] ORRERY_API Result<Split> coldPeopleSplit(const std::shared_ptr<const Dataset>& dataset,
                                                       const ColdStartPlan& plan, std::size_t most);

/// People of whom nothing is known before the cut, told the first 1 to `most` of their interactions after it, a seeded
/// number for each: the rest is asked for. Errors: those of makeSplit; InvalidArgument where nobody has enough.
[[nodiscard]] ORRERY_API Result<Split> firstEventsSplit(const std::shared_ptr<const Dataset>& dataset,
                                                        const ColdStartPlan& plan, std::size_t most);

enum class RankedItems {
    New, ///< only items that nobody used before the cut
    All, ///< with all others
};
/// Items that nobody used before the cut, asked of people who used something before it.
/// Errors: those of makeSplit; InvalidArgument where nobody used a new item.
[[nodiscard]] ORRERY_API Result<Split> coldItemsSplit(const std::shared_ptr<const Dataset>& dataset,
                                                      const ColdStartPlan& plan, RankedItems ranked);

/// The next item of a visit, once with and once without what the visit has brought so far.
struct NextItemSplits {
    Split without; ///< what was known before the cut
    Split with;    ///< and the earlier entries of the visit
};
/// Of each person the first visit after the cut with two items or more that they had not used before the cut: one of
/// these from the second on is asked for, a seeded choice. A visit is a sitting (core/data/sittings.h). Items of the
/// visit that came before are ranked for neither, so both face the same items. Errors: those of makeSplit;
/// InvalidArgument where there is no such visit.
[[nodiscard]] ORRERY_API Result<NextItemSplits> nextItemSplits(const std::shared_ptr<const Dataset>& dataset,
                                                               const ColdStartPlan& plan);

} // namespace orrery
