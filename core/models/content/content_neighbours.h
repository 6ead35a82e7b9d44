// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/data/dataset.h"
#include "core/models/model.h"

#include <cstdint>
#include <vector>

namespace orrery {

/// Items alike in what is written of them: cosines of their words, tags and numbers (content_features.h, vectors of
/// length one), whether anybody used them or not.
class ORRERY_API ContentNeighbours {
public:
    /// Without texts, tags or numbers of items, or where no two share any, nobody has neighbours. Errors: Unsupported,
    /// Cancelled.
    [[nodiscard]] static Result<ContentNeighbours> of(const Dataset& dataset, const JobContext& job);

    /// The n most alike of the items that are `allowed` (one flag an item), best first, ties by index; without the item
    /// itself and those that share nothing with it. O(cells of the features it has).
    [[nodiscard]] std::vector<Neighbour> nearest(ItemIndex item, std::size_t n,
                                                 const std::vector<std::uint8_t>& allowed) const;

private:
    SparseMatrix m_rows, m_columns; ///< [items x features] and back
};

/// One flag an item: whether at least `least` people used it, with a value above 0.
[[nodiscard]] ORRERY_API std::vector<std::uint8_t> usedItems(const Interactions& interactions, std::size_t least = 1);

} // namespace orrery
