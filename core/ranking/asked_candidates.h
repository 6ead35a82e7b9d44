// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ranking/training_questions.h"
#include "core/ranking/training_set.h"

#include <functional>
#include <vector>

namespace orrery {

/// One question as a funnel meets it: all candidates, nothing sampled, and what became of each.
struct AskedCandidates {
    Query query;
    Candidates found;
    std::vector<float> labels; ///< one a candidate: labelOf() its strongest use from the question on until the sitting
                               ///< ends; 0: not used, or not liked
};

/// Asks all sittings, also those in which nothing was used that is found. `take` is called from many threads, once for
/// each question, with its place among them. The seed is the job's. Errors: Cancelled, and those of retrieve.
[[nodiscard]] Status askCandidates(const TrainingSittings& sittings, const Retrieve& retrieve, const JobContext& job,
                                   const std::function<void(std::size_t, const AskedCandidates&)>& take);

} // namespace orrery
