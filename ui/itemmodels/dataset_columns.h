// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/table_model.h"

#include <memory>
#include <vector>

namespace orrery::ui {

/// How often and how much something was rated.
struct Tally {
    std::vector<std::uint32_t> counts;
    std::vector<double> sums;
};
/// The name of a column as a heading: "Release year" of release_year.
[[nodiscard]] QString columnTitle(const std::string& name);
[[nodiscard]] Tally tallyOfItems(const Dataset& dataset);
[[nodiscard]] Tally tallyOfPeople(const Dataset& dataset);

/// "ratings" and "mean rating" of a tally, or what implicit feedback has instead.
[[nodiscard]] std::vector<TableColumn> tallyColumns(std::shared_ptr<const Tally> tally, Feedback feedback);
/// A column for each number and tag column of `table`, and for short texts. Functions keep the table alive.
[[nodiscard]] std::vector<TableColumn> attributeColumns(const std::shared_ptr<const AttributeTable>& table);

} // namespace orrery::ui
