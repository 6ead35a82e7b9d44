// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/catalog_model.h"

#include "ui/components/text.h"
#include "ui/itemmodels/dataset_columns.h"

namespace orrery::ui {

namespace {

std::vector<TableColumn> columnsOf(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                                   const std::shared_ptr<const AttributeTable>& derived)
{
    const auto title = [dataset](int row) { return text(dataset->title(ItemIndex{static_cast<std::uint32_t>(row)})); };
    std::vector<TableColumn> columns = {{"Title", TableColumn::Kind::Text, title, {}, {}, {}, title}};
    std::ranges::move(attributeColumns(dataset->parts().items), std::back_inserter(columns));
    if (derived)
        std::ranges::move(attributeColumns(derived), std::back_inserter(columns));
    std::ranges::move(tallyColumns(std::move(tally), dataset->feedback()), std::back_inserter(columns));
    return columns;
}

/// What `of` says of the item in a row.
template <class T>
std::function<T(int)> ofItems(std::function<T(int)> of, const std::shared_ptr<const std::vector<ItemIndex>>& items)
{
    if (!of)
        return of;
    return [of = std::move(of), items](int row) {
        return of(static_cast<int>((*items)[static_cast<std::size_t>(row)].value));
    };
}

} // namespace

void CatalogModel::setDataset(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                              const std::shared_ptr<const AttributeTable>& derived)
{
    if (!dataset)
        return reset(0, {});
    reset(static_cast<int>(dataset->itemCount()), columnsOf(dataset, std::move(tally), derived));
}

void CatalogModel::setItems(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                            std::vector<ItemIndex> items, const std::shared_ptr<const AttributeTable>& derived,
                            const QString& heading)
{
    const auto rows = std::make_shared<const std::vector<ItemIndex>>(std::move(items));
    std::vector<TableColumn> columns = columnsOf(dataset, std::move(tally), derived);
    columns.front().title = heading;
    for (TableColumn& column : columns) {
        column.display = ofItems(std::move(column.display), rows);
        column.sort = ofItems(std::move(column.sort), rows);
        column.bar = ofItems(std::move(column.bar), rows);
        column.swatch = ofItems(std::move(column.swatch), rows);
        column.tip = ofItems(std::move(column.tip), rows);
        column.strong = ofItems(std::move(column.strong), rows);
    }
    reset(static_cast<int>(rows->size()), std::move(columns));
}

} // namespace orrery::ui
