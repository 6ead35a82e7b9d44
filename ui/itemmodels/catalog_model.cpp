// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/catalog_model.h"

#include "ui/components/text.h"
#include "ui/itemmodels/dataset_columns.h"

namespace orrery::ui {

void CatalogModel::setDataset(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally)
{
    if (!dataset) {
        reset(0, {});
        return;
    }
    const auto title = [dataset](int row) { return text(dataset->title(ItemIndex{static_cast<std::uint32_t>(row)})); };
    std::vector<TableColumn> columns = {{"Title", TableColumn::Kind::Text, title, {}, {}, {}, title}};
    std::ranges::move(attributeColumns(dataset->parts().items), std::back_inserter(columns));
    std::ranges::move(tallyColumns(std::move(tally), dataset->feedback()), std::back_inserter(columns));
    reset(static_cast<int>(dataset->itemCount()), std::move(columns));
}

} // namespace orrery::ui
