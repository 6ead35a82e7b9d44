// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/dataset_columns.h"
#include "ui/itemmodels/table_model.h"

#include <memory>

namespace orrery::ui {

/// The people of a dataset; row r is UserIndex r. Columns: id, what is known of them ("Age", "Gender"), number of
/// ratings, mean rating (implicit feedback: how often, and the strength in all).
class PeopleModel : public TableModel {
    Q_OBJECT
public:
    using TableModel::TableModel;
    /// `tally` is tallyOfPeople(*dataset); `derived` may be null. A null dataset empties the table.
    void setDataset(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                    const std::shared_ptr<const AttributeTable>& derived = {});
};

} // namespace orrery::ui
