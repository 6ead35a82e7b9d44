// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/pipeline/funnel.h"

#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What one source of a funnel brings.
struct SourceWorth {
    std::string title;
    double proposed = 0;      ///< items a question, on average
    double recall = 0;        ///< share of what was chosen later that it proposes
    double exclusive = 0;     ///< share of what was chosen later that only it proposes
    double recallWithout = 0; ///< share among the candidates when the others are merged without it
};

/// What the sources of a funnel bring together, over people with later choices.
struct FunnelWorth {
    std::size_t people = 0;           ///< with a later choice
    std::size_t choices = 0;          ///< of all of them
    double recall = 0;                ///< share of these among the candidates that are kept ("recall@1000")
    double candidates = 0;            ///< a question, on average
    std::vector<SourceWorth> sources; ///< by source of the recipe; of those that are off all 0
};

/// Recall is pooled over choices: hits of all people by choices of all people. `later`: by query, ascending; the
/// funnel's models must not have learned from them. Parallel over people; the same on any number of threads. Errors:
/// InvalidArgument (nobody chose anything later), Cancelled.
[[nodiscard]] ORRERY_API Result<FunnelWorth> worthOf(const Funnel& funnel, std::span<const Query> queries,
                                                     std::span<const std::vector<ItemIndex>> later,
                                                     const JobContext& job);

} // namespace orrery
