// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/pipeline/recommender.h"
#include "core/reranking/rule_request.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// What somebody chose from `cut` on that is relevant (Protocol::standard) and not among what was known, ascending;
/// nothing for endOfTime.
[[nodiscard]] ORRERY_API std::vector<ItemIndex> laterChoices(const Dataset& dataset, UserIndex user, Timestamp cut,
                                                             const History& known);

/// People to count rules on, as they were at a moment, and what they chose from then on.
struct RuleSample {
    Timestamp cut = endOfTime;     ///< endOfTime: nothing is later
    std::vector<UserIndex> people; ///< ascending
    std::vector<RuleRequest> requests;
    std::vector<std::vector<ItemIndex>> later; ///< laterChoices()
};
/// The moment for it: `asOf`, else where the last tenth of the dataset's events begins; endOfTime without times.
[[nodiscard]] ORRERY_API Timestamp usualCut(const Dataset& dataset, Timestamp asOf);
/// Up to `most` people with a history before the cut, drawn without replacement: those with a later choice first, then
/// others. The same seed draws the same. O(interactions). Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<RuleSample> drawRuleSample(const RuleCatalog& catalog, Timestamp cut, std::size_t most,
                                                           std::uint64_t seed, const JobContext& job);

/// The first n that a recommender gives, as candidates for rules. Errors: those of recommend() and recommendAll().
[[nodiscard]] ORRERY_API Result<std::vector<Candidate>> candidatesOf(const Recommender& recommender, const Query& query,
                                                                     std::size_t n, const JobContext& job);
[[nodiscard]] ORRERY_API Result<std::vector<std::vector<Candidate>>> candidatesOf(const Recommender& recommender,
                                                                                  std::span<const RuleRequest> requests,
                                                                                  std::size_t n, const JobContext& job);

} // namespace orrery
