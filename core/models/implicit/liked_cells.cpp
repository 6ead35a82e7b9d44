// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/liked_cells.h"

#include <fmt/format.h>

namespace orrery::implicit {

ConfidenceRule confidenceFor(const Dataset& dataset, ConfidenceRule rule)
{
    if (dataset.feedback() == Feedback::Implicit)
        rule.likedFrom = 0;
    return rule;
}

Result<als::Cells> likedCells(const Interactions& interactions, const ConfidenceRule& rule)
{
    als::Cells cells;
    cells.columnCount = interactions.items();
    for (std::uint32_t user = 0; user < interactions.users(); ++user) {
        const auto row = interactions.row(UserIndex{user});
        for (std::size_t i = 0; i < row.size(); ++i) {
            const float weight = rule.weightOf(row.values[i]);
            if (weight > 0) {
                cells.columns.push_back(row.items[i].value);
                cells.weights.push_back(weight);
            }
        }
        cells.starts.push_back(cells.columns.size());
    }
    if (cells.size() == 0)
        return error(Code::InvalidArgument,
                     fmt::format("No rating is {} or higher, so nothing counts as liked", rule.likedFrom),
                     "Lower liked-from");
    return cells;
}

} // namespace orrery::implicit
