// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/table_model.h"

#include <memory>

namespace orrery::ui {

/// The people of a dataset; row r is UserIndex r. Columns: id, what is known of them ("Age", "Gender"), number of
/// ratings, mean rating (implicit feedback: how often, and the strength in all).
class PeopleModel : public TableModel {
    Q_OBJECT
public:
    using TableModel::TableModel;
    /// O(interactions), once; null empties the table.
    void setDataset(std::shared_ptr<const Dataset> dataset);
};

} // namespace orrery::ui
