// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "ui/itemmodels/dataset_columns.h"
#include "ui/itemmodels/table_model.h"

#include <memory>

namespace orrery::ui {

/// The items of a dataset; row r is ItemIndex r. Columns: title, the numbers and tags that the dataset has ("Year",
/// "Genres"), those that were worked out of it ("Clusters of SVD"), how often rated, mean rating (implicit feedback:
/// how often, and the strength in all).
class CatalogModel : public TableModel {
    Q_OBJECT
public:
    using TableModel::TableModel;
    /// `tally` is tallyOfItems(*dataset); `derived` may be null. A null dataset empties the table.
    void setDataset(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                    const std::shared_ptr<const AttributeTable>& derived = {});
    /// Only these, row by row; `heading` of their titles.
    void setItems(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                  std::vector<ItemIndex> items, const std::shared_ptr<const AttributeTable>& derived,
                  const QString& heading);
};

} // namespace orrery::ui
