// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/people_model.h"

#include "ui/components/text.h"
#include "ui/itemmodels/dataset_columns.h"

namespace orrery::ui {
namespace {

/// "10" after "9": ids that are numbers are sorted as such.
QVariant sortableId(const QString& id)
{
    bool isNumber = false;
    const double number = id.toDouble(&isNumber);
    return isNumber ? QVariant(number) : QVariant(id);
}

} // namespace

void PeopleModel::setDataset(const std::shared_ptr<const Dataset>& dataset, std::shared_ptr<const Tally> tally,
                             const std::shared_ptr<const AttributeTable>& derived)
{
    if (!dataset) {
        reset(0, {});
        return;
    }
    const auto name = [dataset](int row) {
        return text(dataset->personName(UserIndex{static_cast<std::uint32_t>(row)}));
    };
    std::vector<TableColumn> columns = {
        {"Person", TableColumn::Kind::Text, name, [name](int row) { return sortableId(name(row)); }}};
    std::ranges::move(attributeColumns(dataset->parts().people), std::back_inserter(columns));
    if (derived)
        std::ranges::move(attributeColumns(derived), std::back_inserter(columns));
    std::ranges::move(tallyColumns(std::move(tally), dataset->feedback()), std::back_inserter(columns));
    reset(static_cast<int>(dataset->personCount()), std::move(columns));
}

} // namespace orrery::ui
