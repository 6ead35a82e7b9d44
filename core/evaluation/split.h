// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

enum class SplitKind {
    Random,         ///< a seeded share of the interactions
    LeaveLastOut,   ///< the newest interaction of each person with at least two; of equal times a seeded choice
    GlobalTemporal, ///< everything from one moment on
    Predefined,     ///< two files, such as u1.base and u1.test
    NewPeople,      ///< a share of the people, with all they did: strong generalization (Liang et al., WWW 2018)
    PerPerson,      ///< a seeded share of what each person did
};

struct SplitPlan {
    SplitKind kind = SplitKind::GlobalTemporal;
    /// Random and GlobalTemporal: of the interactions; PerPerson: of each one's; NewPeople: of the people; in (0, 1)
    double testShare = 0.2;
    std::uint64_t seed = 1; ///< Random, PerPerson, NewPeople, and ties of LeaveLastOut
    int folds = 0;          ///< Random: > 1 makes `fold` (0-based) of a k-fold
    int fold = 0;
    Timestamp cut = endOfTime; ///< GlobalTemporal: a given moment instead of a share
    double knownShare = 0.8;   ///< NewPeople: how much of a held-out person is told when they are judged; in (0, 1)
};

struct CandidateLists;

/// Training data and what was held out of it. Nothing in `train` is from `test`; in a temporal split nothing in
/// `train` is at or after `asOf`.
struct Split {
    std::shared_ptr<const Dataset> train;
    std::shared_ptr<const Dataset> test; ///< same vocabularies
    /// What is known of the people when they are judged: `train`, but for NewPeople, whom training never saw.
    std::shared_ptr<const Dataset> known;
    /// The items that are ranked for each person beside what is relevant; null: all that are not in `known`.
    std::shared_ptr<const CandidateLists> candidates;
    Timestamp asOf = endOfTime; ///< the cut of GlobalTemporal; else endOfTime
    SplitKind kind = SplitKind::Random;
    std::string description; ///< "Before and from 3 August 2016: the last 20 % of interactions are held out"
    std::string hash;        ///< of the dataset and the plan
};

[[nodiscard]] ORRERY_API std::string_view
idOf(SplitKind kind); ///< "random", "leave-last-out", "temporal", "predefined", "new-people", "per-person"
[[nodiscard]] ORRERY_API Result<SplitKind> splitKindFrom(std::string_view id);

/// Works on interactions (duplicates resolved), each with its newest time; those without a time stay in training. All
/// of the moment of a cut go to the test part, so it may be larger than asked. Errors: InvalidArgument when a part
/// would be empty, when the plan is out of range, or when a split by time is asked of a dataset without times.
[[nodiscard]] ORRERY_API Result<Split> makeSplit(const std::shared_ptr<const Dataset>& dataset, const SplitPlan& plan);
/// A predefined split of `whole`, whose first `trainEvents` events are the training file's. Test events of a pair that
/// is in training too are left out (nobody can be recommended what they have), and the description counts them.
[[nodiscard]] ORRERY_API Result<Split> predefinedSplit(const std::shared_ptr<const Dataset>& whole,
                                                       std::size_t trainEvents);
/// The split that suits the data: by time where enough people (at least 50, and a tenth) have interactions both before
/// and after the cut, else random; with the reason in plain words.
struct Suggestion {
    SplitPlan plan;
    std::string why;
};
[[nodiscard]] ORRERY_API Suggestion suggestSplit(const Dataset& dataset);

} // namespace orrery
