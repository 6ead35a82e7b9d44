// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/reranking/reranker.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// Something that could be shown to one person.
struct Offer {
    double score = 0;              ///< finite; comparable within and between people (placeScores)
    std::uint32_t group = noGroup; ///< whose it is; noGroup: nobody's
    bool held = false;             ///< shown whatever it costs: pinned
};

/// What groups are to get of all places that are shown, counted in places.
struct ExposureMinima {
    std::vector<std::size_t> each;     ///< by group
    std::vector<std::uint32_t> circle; ///< groups, each once, such as the new sellers; may be empty
    std::size_t circleTogether = 0;    ///< that these get together
    std::vector<std::string> names;    ///< of the groups, for reasons; may be empty
    std::string circleName = "new sellers";
};

/// A minimum that cannot be met with the others.
struct Unmet {
    std::uint32_t group = noGroup; ///< noGroup: the circle
    std::size_t wanted = 0, reached = 0;
    std::string why; ///< "'Acme' can be shown 3 times at most: ...", in plain words
};

struct ExposureResult {
    std::vector<std::vector<std::uint32_t>> shown; ///< by person: offers, by score, ties by their place
    std::vector<std::size_t> places;               ///< by group
    double before = 0, after = 0;                  ///< sum of the scores that are shown, without and with the minima
    std::vector<Unmet> unmet;                      ///< empty: every minimum is met

    [[nodiscard]] double cost() const { return before > 0 ? 1 - after / before : 0; } ///< share of the scores given up
};

/// Which k offers of each person are shown so that the groups get their minima and the sum of scores is as large as it
/// can be: constrained re-ranking over many people. The optimum, not an approximation: with minima for groups and one
/// circle of them it is a flow of least cost, found by shortest augmenting paths from the unconstrained lists (Ahuja,
/// Magnanti & Orlin, "Network flows", 1993, ch. 9); a path moves a place from one group to another by a swap in one
/// person's list, perhaps over further groups. Places count alike wherever in the list they are. Where a minimum cannot
/// be met it is raised as far as goes, in the order of the groups, then the circle, and reported with the reason. Held
/// offers stay, of more than k the best k. Deterministic, on one thread. With g groups that have a minimum of their own
/// (2,000 at most; the others cost nothing) a place that has to move costs O(g^2 + shown groups of a list * all of its
/// groups); about 24 g^2 bytes, 16 for each pair of a list's groups and each person, and a copy of the offers. Errors:
/// Cancelled, InvalidArgument (a score that is not finite, a group beyond `each`, more minima than that).
[[nodiscard]] ORRERY_API Result<ExposureResult> exposeLists(std::span<const std::vector<Offer>> offers, std::size_t k,
                                                            const ExposureMinima& minima, const JobContext& job);

/// By ItemGroup::Seller: 1 where all of a seller's items with a date came within `days` before the catalog's last
/// event; all 0 where nothing tells.
[[nodiscard]] ORRERY_API std::vector<std::uint8_t> newSellers(const RuleCatalog& catalog, double days);

/// Lists of many people after all rules of a set, the sellers' exposure among them.
struct ExposedLists {
    std::vector<std::vector<Reranked>> lists; ///< by person, at most k
    ExposureResult exposure;                  ///< of the last ExposureRule that is on; empty where there is none
    std::vector<std::uint32_t> sellers;       ///< the exposure's groups: numbers of ItemGroup::Seller
    std::vector<std::uint32_t> newSellers;    ///< of these, places in `sellers`
};
/// rerankAll, then the minima of its ExposureRule: of all places shown, rounded up, each seller that somebody of these
/// people has a candidate of gets the share; new sellers (newSellers, newDays) get newShare together. Swaps reach over
/// the first `pool` of each list and may go beyond earlier caps; pins stay. A list keeps its order; what comes in
/// stands by its score. Errors: Cancelled, InvalidArgument (as exposeLists).
[[nodiscard]] ORRERY_API Result<ExposedLists> rerankExposed(const Reranker& reranker,
                                                            std::span<const std::vector<Candidate>> candidates,
                                                            std::span<const RuleRequest> requests, std::size_t k,
                                                            const JobContext& job, std::size_t pool = 200);

} // namespace orrery
