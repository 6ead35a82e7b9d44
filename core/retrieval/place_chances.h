// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/artifact.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery {

/// What became of the items of one source's lists, by place (from 1: [0] is place 1).
struct PlaceCounts {
    std::vector<std::uint32_t> asked; ///< lists that were so long
    std::vector<std::uint32_t> hits;  ///< aligned: of these, those whose item was used
};

/// How likely the item at each place of a source's lists is a hit: falls with every place, within (0, .95]. As long as
/// counts.asked; empty where nothing was asked. A mixture of two that both give as many hits as there were, by how many
/// these are (half and half at 50):
///   the places' own shares of hits, made to fall (isotonic regression by pool adjacent violators, Ayer et al., Annals
///   of Mathematical Statistics 26, 1955), and
///   the likeliest curve c / place^b, b from .02 to 2, with 5 hits more that fall by the root of the place.
/// O(places).
[[nodiscard]] ORRERY_API std::vector<float> placeChances(const PlaceCounts& counts);

/// Such chances of the sources of a funnel.
struct PlaceChances {
    std::vector<std::string> sources;        ///< names
    std::vector<std::vector<float>> byPlace; ///< aligned; none is empty
    std::string learnedFrom;                 ///< "1,000 questions from 3 May 2011 on; 812 hits"

    /// Of a source at a place from 1 on; beyond what was learned as at the last.
    [[nodiscard]] double at(std::size_t source, std::size_t place) const
    {
        const std::vector<float>& own = byPlace[source];
        return static_cast<double>(own[(place < own.size() ? place : own.size()) - 1]);
    }
    bool operator==(const PlaceChances&) const = default;
};
using PlaceChancesPtr = std::shared_ptr<const PlaceChances>;

/// The same in the order of other names. Null where one of them is not known.
[[nodiscard]] ORRERY_API PlaceChancesPtr inOrderOf(const PlaceChancesPtr& chances, std::span<const std::string> names);

/// Names of what is written all begin with "merge/".
ORRERY_API void save(const PlaceChances& chances, Artifact& artifact);
/// Errors: Corrupt for what save() does not write.
[[nodiscard]] ORRERY_API Result<PlaceChances> loadPlaceChances(const Artifact& artifact);

} // namespace orrery
