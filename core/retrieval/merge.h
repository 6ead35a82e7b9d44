// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/retrieval/candidate_source.h"
#include "core/retrieval/place_chances.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace orrery {

/// How the lists of several sources become one.
enum class MergeBy {
    /// sum over the sources that found it of weight / (60 + place): reciprocal rank fusion (Cormack, Clarke and
    /// Buettcher, SIGIR 2009).
    ReciprocalRank,
    /// sum of weight * (score - lowest) / (highest - lowest) of each source's own list, which makes the scores of
    /// different models comparable (a list of one item: 1).
    Score,
    /// sum of weight * -ln(1 - chance), by how often items at this place of the source's lists were used
    /// (PlaceChances). That is -ln(1 - P), where P = 1 - product of (1 - chance)^weight is the chance that one of the
    /// sources is right, were they right or wrong each by itself ("noisy or", Pearl 1988). Rather than a sum of
    /// log-odds, as a source that did not find an item then says nothing against it, any weight from 0 on has a
    /// meaning, and shares are summands. Sources that find the same by the same means are counted twice, so that P
    /// orders, but is too high.
    Chance,
};

/// "by places", "by scores", "by how often places were right".
[[nodiscard]] ORRERY_API std::string_view inWords(MergeBy by);

/// What all sources found together: who found what, and at which place.
struct ORRERY_API Candidates {
    std::size_t sources = 0;
    MergeBy by = MergeBy::ReciprocalRank; ///< how they were merged
    PlaceChancesPtr placeChances;         ///< of MergeBy::Chance: aligned with the sources
    std::vector<ItemIndex> items;         ///< best first by `merged`, ties by item; no item twice
    std::vector<float> merged;            ///< aligned
    std::vector<std::uint16_t> places;    ///< items x sources: in the source's list, from 1; 0: it did not find it
    std::vector<float> scores;            ///< items x sources: the source's own; NaN where it did not find it
    std::vector<std::uint32_t> found;     ///< by source: items of its list
    std::vector<float> lowest, highest;   ///< by source: scores of its list; 0 where it is empty
    std::vector<std::uint32_t> only;      ///< by source: kept items that no other source found
    std::size_t dropped = 0;              ///< different items that are not among the kept

    [[nodiscard]] std::size_t size() const { return items.size(); }
    /// What a source adds to the merged score of an item at this place of its list, before the weight; 0 for place 0.
    [[nodiscard]] double shareOf(std::size_t source, std::uint16_t place, float score) const;
    [[nodiscard]] std::span<const std::uint16_t> placesOf(std::size_t candidate) const
    {
        return std::span(places).subspan(candidate * sources, sources);
    }
    [[nodiscard]] std::span<const float> scoresOf(std::size_t candidate) const
    {
        return std::span(scores).subspan(candidate * sources, sources);
    }
};

/// Merges lists (best first, without repeated items) and keeps the first `keep`. `weights`: one a source, >= 0; a
/// source of weight 0 is asked, and its items come last. `chances`: of MergeBy::Chance, aligned with the lists; where
/// they are null, reciprocal ranks stand in. O(found log found).
[[nodiscard]] ORRERY_API Candidates merge(std::span<const std::vector<Found>> lists, std::span<const float> weights,
                                          MergeBy by, std::size_t keep, PlaceChancesPtr chances = nullptr);

} // namespace orrery
