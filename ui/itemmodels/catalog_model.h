// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/table_model.h"

#include <memory>

namespace orrery::ui {

/// The items of a dataset; row r is ItemIndex r. Columns: title, the numbers and tags that the dataset has ("Year",
/// "Genres"), how often rated, mean rating (implicit feedback: how often, and the strength in all).
class CatalogModel : public TableModel {
    Q_OBJECT
public:
    using TableModel::TableModel;
    /// O(interactions), once; null empties the table.
    void setDataset(std::shared_ptr<const Dataset> dataset);
};

} // namespace orrery::ui
