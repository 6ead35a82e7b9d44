// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/data/new_records.h"
#include "core/models/model.h"

#include <memory>
#include <optional>
#include <vector>

namespace orrery {

/// Where an item lands that a model was not trained on: the used items most like it in content, whose scores and
/// vectors it inherits in proportion to how alike they are (as models/hybrids/inherited.h does for items of the
/// catalog).
struct Placement {
    std::vector<Neighbour> from; ///< the most alike first; empty: it is like nothing that was used
    std::vector<float> vector;   ///< in the model's itemSpace(): for indexes and maps; empty where there is none
    float bias = 0;              ///< of that space

    /// The mean of what `reader` says of `from`; none where it is empty.
    [[nodiscard]] ORRERY_API std::optional<float> score(const Reader& reader) const;
    /// One Part term for each of `from`, with its reasons inside; they sum to score().
    [[nodiscard]] ORRERY_API Explanation explain(const Reader& reader) const;
};
/// `dataset` has the item, the model may be older than it. O(catalog): its words are counted anew.
/// Errors: NotFound for an item that is not in the catalog; Cancelled.
[[nodiscard]] ORRERY_API Result<Placement> placeItem(const Dataset& dataset, ItemIndex item, const Model& model,
                                                     std::size_t neighbours, const JobContext& job);

} // namespace orrery
