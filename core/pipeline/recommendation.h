// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/index.h"
#include "core/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orrery {

enum class Stage { Retrieve, Rank, Rules };

/// What one stage did to one item. Places count from 1; 0: not in the list at that point.
struct TrailStep {
    Stage stage = Stage::Retrieve;
    std::string source; ///< "all items", "item kNN", "already seen", ...
    float before = 0;   ///< score before and after the stage, on the model's scale
    float after = 0;
    std::uint32_t rankBefore = 0;
    std::uint32_t rankAfter = 0;
    std::string why; ///< plain words
};

struct Recommendation {
    ItemIndex item;
    float score = 0;
    std::vector<TrailStep> trail; ///< TrailLevel::Full only
};

enum class DropReason {
    Seen,        ///< the person already has it
    NotScorable, ///< newer than the model
    Unlisted,    ///< an imported list does not hold it
    NotFound,    ///< no source of a funnel proposed it; counted, not listed
    NotKept,     ///< proposed, but beyond the candidates that are kept; counted, not listed
    Rule,        ///< a rule dropped it: `by`
};

struct Dropped {
    DropReason reason = DropReason::Seen;
    std::vector<ItemIndex> items; ///< ascending; TrailLevel::Full only
    std::size_t count = 0;        ///< from TrailLevel::Counts on
    std::string by = {};          ///< of Rule: what the rule does, in words
};

/// A list with its trail: what was kept, and what was dropped and why.
struct RecommendationList {
    std::vector<Recommendation> items; ///< best first; ties by item index
    std::vector<Dropped> dropped;
    std::size_t candidates = 0;       ///< items that were scored and could have been shown
    std::string fallback;             ///< said when the history taught nothing; else empty
    std::vector<SourceShare> sources; ///< Reader::sources()
};

/// Where one item stands for one query: the answer to "why not?".
struct ItemTrace {
    ItemIndex item;
    float score = 0;        ///< NaN where it cannot be scored
    std::uint32_t rank = 0; ///< among the candidates, from 1; 0 when dropped
    std::size_t candidates = 0;
    std::vector<TrailStep> trail;
    std::string verdict; ///< one plain sentence: where it was lost, or its place
};

} // namespace orrery
