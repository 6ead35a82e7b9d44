// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/data/append.h"
#include "core/models/model.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace orrery {

/// An item that was just written down: nobody used it, and no model was trained on it.
struct ItemRecord {
    using Value = std::variant<std::string, double, std::vector<std::string>>; ///< of a text, a number, tags
    std::string id;
    std::vector<std::pair<std::string, Value>> values; ///< by column of the catalog: {"title", "Alien"}
};

/// The catalog with that item at its end. Errors: InvalidArgument for an id that is empty or there already, for a
/// column that the catalog does not have, and for a value of another kind.
[[nodiscard]] ORRERY_API Result<std::shared_ptr<const Dataset>> withItem(const Dataset& dataset,
                                                                         const ItemRecord& record);

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
