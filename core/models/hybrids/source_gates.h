// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/models/hybrids/held_out.h"
#include "core/models/hybrids/parts.h"
#include "core/models/query.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What a source goes by: how much there is of it decides how far it is trusted.
enum class Evidence {
    Always,  ///< needs to know nothing
    Person,  ///< 1 where something is known of the person, else 0
    Recent,  ///< entries of the history, each halved with each half-life of its age
    Entries, ///< entries of the history
};
/// By what the algorithm says it can: sequence models go by what is recent, other personal ones by all entries.
[[nodiscard]] Evidence evidenceOf(const Algorithm& algorithm);

/// How far a source is trusted when there is x of its evidence: most * x / (x + half), which rises with x; of Always
/// and of Person x / (x + half) is x: what needs to know nothing has an x of 1.
struct Gate {
    double most = 1; ///< 0 to 1
    double half = 1; ///< above 0: where half of `most` is reached
    bool operator==(const Gate&) const = default;
};
[[nodiscard]] double openness(Evidence evidence, const Gate& gate, double x);

/// Shares of sum 1 of sources from the most general to the most personal: the last takes what its gate lets through,
/// the one before it what its own does of the rest, and so on; what is left is the first's.
[[nodiscard]] std::vector<double> sharesOf(std::span<const Evidence> kinds, std::span<const Gate> gates,
                                           std::span<const double> evidence);

/// The entries of the history below `items`, each .5 ^ (its age at query.now / half-life). Where now is the end of time
/// it is the moment of the newest entry that has a time; what has none was just typed in and counts in full.
[[nodiscard]] double recentEvidence(const Query& query, std::size_t items, double halfLifeInDays);
/// Of each part how much evidence there is; none for one that answers with its fallback.
[[nodiscard]] std::vector<double> evidenceFor(const Query& query, std::span<const Evidence> kinds,
                                              const PartReaders& readers, std::size_t items, double halfLifeInDays);

/// Questions of many lengths of history to learn gates from, and what may be known when they are asked.
struct GateLessons {
    std::shared_ptr<const Dataset> rest;
    std::vector<Question> questions;
};
/// Where events have times: everything before the moment by which four fifths are done is `rest`. Of up to 1,200 seeded
/// people with something liked after it, what is liked after it is asked for, with a history cut to 0, 1, 2, 3, 4, 6,
/// ... of its newest entries, or all; of every other one, where it can be, in the middle of what they did afterwards.
/// Without times a third of each person is held out instead. Errors: Cancelled.
[[nodiscard]] Result<GateLessons> gateLessons(const Dataset& dataset, const JobContext& job);

/// Gates by coordinate search for the mean NDCG@10 over the lessons: of each gate in turn every `most` of 0, .1, ..., 1
/// with every half of .5, 1, 2, 4, 8, 16, 32, until nothing changes, three rounds at most. Draws no random numbers but
/// for the contenders. Reports "held-out NDCG@10". Gates stay as given where there are fewer than 10 lessons. Errors:
/// Cancelled.
[[nodiscard]] Result<std::vector<Gate>> searchGates(const GateLessons& lessons, const std::vector<TrainedPart>& parts,
                                                    std::span<const Evidence> kinds, double halfLifeInDays,
                                                    ListScaling scaling, const JobContext& job);

} // namespace orrery
