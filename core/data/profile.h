// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/data/dataset.h"

#include <string>
#include <vector>

namespace orrery {

struct Bar {
    std::string label;
    double from = 0; ///< lower edge, or the value itself
    double count = 0;
};

/// The events of one kind.
struct KindTally {
    EventKind kind = EventKind::Rating;
    std::size_t events = 0;
    double amount = 0; ///< what they would count if each kind counted 1: the sum of their values; of ratings, how many
    bool operator==(const KindTally&) const = default;
};
/// Of all that counts, the share of each of these kinds; zeros where nothing does. `weights` as they act on the log.
[[nodiscard]] ORRERY_API std::vector<double> sharesOf(const std::vector<KindTally>& kinds, const KindWeights& weights);

/// What a dataset looks like. All counts are over interactions (duplicates resolved) unless named otherwise.
struct DatasetProfile {
    std::size_t people = 0, items = 0, events = 0, interactions = 0, duplicates = 0;
    std::size_t itemsWithoutInteractions = 0, peopleWithoutInteractions = 0;
    double density = 0; ///< interactions / (people x items)
    double meanValue = 0;
    double medianPerPerson = 0, medianPerItem = 0;
    Timestamp first = noTime, last = noTime;
    std::vector<KindTally> kinds; ///< those that occur, in the order of EventKind; empty where none is told
    std::vector<Bar> values;      ///< histogram of ratings: each distinct value up to 20, else 20 bins
    std::vector<double> longTail; ///< share of interactions of the most popular 1 %, 2 %, ... 100 % of items
    double shareOfTopTenth = 0;   ///< of interactions, by the most popular 10 % of items
    std::vector<Bar> overTime;    ///< events per hour (up to 3 days), day (45 days), month (20 years) or year
    std::vector<Bar> tags;        ///< items by tag ("genres"), most frequent first, at most 30
    std::string tagColumn;        ///< which column that is
    std::vector<Bar> perPerson;   ///< people by number of interactions, bins 1-9, 10-19, 20-49, 50-99, ...
    std::vector<Bar> perItem;     ///< items by number of interactions, the same bins
};

[[nodiscard]] ORRERY_API DatasetProfile profileOf(const Dataset& dataset);

} // namespace orrery
