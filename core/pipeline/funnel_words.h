// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/funnel.h"

namespace orrery {

// What a run of a funnel says of items, in the words that all recommenders use.

/// The list with its trail; what was dropped, and by what.
[[nodiscard]] RecommendationList listOf(const Funnel& funnel, const FunnelRun& run, TrailLevel level);
/// Where one item stands or was lost; `run` of TrailLevel::Full, with all candidates in its list.
[[nodiscard]] ItemTrace traceOf(const Funnel& funnel, const FunnelRun& run, ItemIndex item);
/// The ranker's terms, one for what the objectives make of its score, one that turns it into 1 / log2(1 + place), and
/// one for each rule: they sum to the score in the list. `run` as above. Errors: NotFound (not in the list).
[[nodiscard]] Result<Explanation> explanationOf(const Funnel& funnel, const FunnelRun& run, ItemIndex item);

} // namespace orrery
