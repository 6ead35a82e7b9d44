// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/pipeline/recommender.h"
#include "core/pipeline/what_if.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Whom to look at, and what of them may be known.
struct PersonQuestion {
    std::optional<UserIndex> user;  ///< none: a guest with an empty history
    std::vector<HistoryEdit> edits; ///< what if
    Timestamp asOf = endOfTime;     ///< later events are hidden from the recommenders
    std::size_t depth = 100;        ///< places of each list that are worked out
    Facts context = {};             ///< circumstances that are told, in place of those of asOf
    /// Only so many of the newest entries of the stored history are known, as if this were somebody new; edits are on
    /// top. None: all are.
    std::optional<std::size_t> newest = {};
    Facts who = {}; ///< told of a guest, beside what is stored
};

/// What recommenders are asked: stored history before asOf, or the newest of it, then the edits, which have no time
/// that could be cut.
[[nodiscard]] ORRERY_API Query queryOf(const Dataset& dataset, const PersonQuestion& question);

/// A later choice, and the place (from 1) that each list gave it; 0: not within the depth.
struct NextChoice {
    ItemIndex item;
    float value = 0;
    Timestamp at = noTime;
    std::vector<std::uint32_t> ranks;
};

/// One recommender's answer.
struct PersonList {
    RecommendationList list;
    std::vector<std::uint32_t> rankBefore; ///< aligned with list.items: the place without the edits, 0 when it had none
    std::optional<Error> failure;          ///< instead of a list: this recommender cannot answer this question
};

/// Everything that is shown of one person: the history, each recommender's list, and what they did next.
struct PersonView {
    Query query;
    std::vector<PersonList> lists; ///< aligned with the recommenders asked
    std::vector<NextChoice> next;  ///< events at or after asOf, earliest first
};

/// The same fold-in serves the stored and the edited history, so a moved place is the edit's doing alone.
/// Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<PersonView> viewPerson(const Dataset& dataset,
                                                       std::span<const RecommenderPtr> recommenders,
                                                       const PersonQuestion& question, const JobContext& job);

/// The most frequent tags of a history's items ("genres"), most frequent first, ties by tag.
[[nodiscard]] ORRERY_API std::vector<std::string> favouriteTags(const Dataset& dataset, const History& history,
                                                                std::size_t most);

/// A person for whom two recommenders disagree.
struct Changed {
    UserIndex user;
    std::size_t shared = 0; ///< items that both top-n lists hold
};

/// People by how little the top-n lists of a and b share, least first, ties by index. At most `sample` people with a
/// history are asked, spread evenly over the index. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<std::vector<Changed>> mostChanged(const Dataset& dataset, const Recommender& a,
                                                                  const Recommender& b, Timestamp asOf, std::size_t n,
                                                                  std::size_t sample, const JobContext& job);

} // namespace orrery
