// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipeline/recommender.h"
#include "core/retrieval/new_item.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orrery {

/// The lists that a recommender gives to some people, from which it is told who gets what.
struct ListSample {
    std::vector<UserIndex> people; ///< ascending
    BulkLists lists;               ///< of each
};
/// Of at most `most` people with a history before `asOf`, spread evenly over the index. Errors: Cancelled.
[[nodiscard]] ORRERY_API Result<ListSample> sampleLists(const Dataset& dataset, const Recommender& recommender,
                                                        Timestamp asOf, std::size_t most, std::size_t n,
                                                        const JobContext& job);

/// How often an item is shown to people of one kind.
struct AudienceGroup {
    std::string column;     ///< "gender"; "history" for how much people have done
    std::string value;      ///< "F"; "20 to 49"
    std::size_t people = 0; ///< of the sample
    std::size_t shown = 0;  ///< of these, those with the item within the first `top`
};

/// Who gets an item.
struct ORRERY_API ItemAudience {
    static constexpr std::size_t top = 10;

    std::size_t people = 0;            ///< in the sample
    std::vector<std::size_t> atRank;   ///< people who get it at place 1, 2, ... n
    std::size_t owners = 0;            ///< people of the sample who have it already: no list shows it to them
    std::vector<AudienceGroup> groups; ///< by column as in the table of people, then by length of history
    std::vector<UserIndex> first;      ///< who gets it highest, at most 10; of equal places the lower index

    [[nodiscard]] std::size_t within(std::size_t places) const;
};
/// Groups of fewer than `fewest` people are left out. O(sample).
[[nodiscard]] ORRERY_API ItemAudience audienceOf(const ListSample& sample, const Dataset& dataset, Timestamp asOf,
                                                 ItemIndex item, std::size_t fewest = 5);

/// Where an item lands that was just written down.
struct Landing {
    Placement placement;
    std::size_t asked = 0, within = 0; ///< people, and those within whose first ItemAudience::top places it would be
};
/// Under a model that was not trained on it, with what it inherits from so many neighbours; `sample` (null: nobody is
/// asked) holds lists of the model. Errors: those of withItem() and placeItem(); Cancelled.
[[nodiscard]] ORRERY_API Result<Landing> landingOf(const Dataset& dataset, const ItemRecord& record, const Model& model,
                                                   std::size_t neighbours, const ListSample* sample, Timestamp asOf,
                                                   const JobContext& job);

/// What share of what is shown each item has: of the sum over the sample's lists of 1 / log2(1 + place) (the exposure
/// of Singh & Joachims, "Fairness of Exposure in Rankings", KDD 2018) of the first `places`. By item; sums to 1, or all
/// are 0 where nothing is shown.
[[nodiscard]] ORRERY_API std::vector<double> exposureOf(const ListSample& sample, std::size_t items,
                                                        std::size_t places = ItemAudience::top);
/// What share of all interactions before `asOf` each item has; sums to 1 where there are any.
[[nodiscard]] ORRERY_API std::vector<double> shareOfChoices(const Dataset& dataset, Timestamp asOf);

} // namespace orrery
