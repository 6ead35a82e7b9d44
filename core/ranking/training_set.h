// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/ranking/feature_check.h"
#include "core/ranking/feature_view.h"
#include "core/ranking/gbdt.h"

#include <functional>
#include <span>
#include <vector>

namespace orrery {

/// Which questions a ranker learns from. One question is one sitting (sittings.h) of a person: what should they have
/// been shown?
struct TrainingPlan {
    Timestamp from = noTime;         ///< sittings that begin from here on
    Timestamp validFrom = endOfTime; ///< those that begin from here on validate
    Timestamp until = endOfTime;     ///< nothing at or after it is looked at
    double negatives = 4;            ///< sampled for each positive, > 0
    double popular = 0;              ///< share of them that is drawn by popularity; the others are candidates
    bool impressions = true;         ///< what was shown in the sitting and not used counts as negative, too
    bool again = false;              ///< items of the history may be positives: used again
    double unfound = 0;              ///< share of the positives that no source found that are kept
    double later = .5;               ///< share of the sittings that are asked at a later event of theirs, not the first
    std::size_t mostGroups = 20'000; ///< drawn where there are more; of those that validate a quarter as many
};

/// Who was asked about, and when.
struct TrainingQuestion {
    UserIndex user;
    Timestamp at = 0;
    bool operator==(const TrainingQuestion&) const = default;
};

/// Rows with where they are from.
struct TrainingPart {
    TrainingRows rows;                       ///< groups are the questions; no weights
    std::vector<TrainingQuestion> questions; ///< one a group, in the order of sittings
    std::vector<ItemIndex> items;            ///< one a row

    [[nodiscard]] FeatureRows featureRows() const { return {rows.features.view(), rows.groupStarts}; }
};

/// What became of sittings and positives.
struct TrainingCounts {
    std::size_t sittings = 0;        ///< that begin in the time of the plan
    std::size_t drawn = 0;           ///< of these, those that were asked
    std::size_t withoutPositive = 0; ///< of these, left out: nothing new was used, or none of it was found
    std::size_t withoutNegative = 0; ///< of these, left out
    std::size_t positives = 0;       ///< of all that were asked
    std::size_t found = 0;           ///< of these, those that a source found
    std::size_t unfoundKept = 0;     ///< of these, those that none found and that are kept
    std::size_t disliked = 0;        ///< rows: used, with a rating that is not liked
    std::size_t fromCandidates = 0;  ///< rows: sampled negatives
    std::size_t fromPopular = 0;     ///< the same
    std::size_t shown = 0;           ///< rows: impressions and skips
};

struct TrainingSet {
    TrainingPart train, validation;
    TrainingCounts counts; ///< of both
};

/// Asks the sources of a funnel; called from many threads, each with a job of one thread. Its models must know nothing
/// from plan.from on: what they learned from a sitting they would find again in it.
using Retrieve = std::function<Result<Candidates>(const Query&, const JobContext&)>;

/// How strong a use is as a label: 1 looked at, played or used; 2 put into the cart; 3 bought or liked; of ratings from
/// 1 for the least that is liked (Dataset::likedFrom()) to 4 for the best, and 0 below.
[[nodiscard]] ORRERY_API float labelOf(const Dataset& dataset, std::size_t event);

/// Rows for a ranker. A question is asked just at the first event of a sitting (or at a later one, so that features of
/// the visit are learned): its query is EventIndex::queryAt() with the circumstances of that event, and its features
/// see nothing of the sitting from there on. Rows of a question, in random order:
///   positives  items used from there on until the sitting ends, that are not in the history (the strongest use
///              counts), at most 50 of them drawn; those that no source found only at the rate `unfound`;
///   disliked   used with a rating below what is liked: label 0;
///   sampled    `negatives` times as many as positives, label 0: candidates, each as likely, and a share of items drawn
///              by their uses before the question; fewer where there are no more. None was used, or (but for
///              `again`) is in the history;
///   shown      shown in the sitting and not used, at most 100, label 0.
/// Rows that no source found have place 0, no scores and merged score 0. Since negatives are sampled, probabilities
/// learned from these rows are higher than those of all candidates; their order is not concerned.
/// Parallel over questions; the same on any number of threads. The seed is the job's.
/// Errors: InvalidArgument (a plan out of range; no times; no question left), Cancelled, and those of retrieve.
[[nodiscard]] ORRERY_API Result<TrainingSet> makeTrainingSet(const FeatureView& view, const Retrieve& retrieve,
                                                             const TrainingPlan& plan, const JobContext& job);

} // namespace orrery
