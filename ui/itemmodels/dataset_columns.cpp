// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/dataset_columns.h"

#include "ui/components/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::ui {
namespace {

QString tagsShown(const TagColumn& column, std::size_t row)
{
    QString out;
    for (const std::uint32_t tag : column.row(row)) {
        const std::string_view name = column.vocabulary.name(tag);
        out += (out.isEmpty() ? QString() : ", ") + QString::fromUtf8(name.data(), static_cast<int>(name.size()));
    }
    return out;
}

double numberAt(const NumberColumn& column, int row)
{
    const auto at = static_cast<std::size_t>(row);
    return at < column.values.size() ? column.values[at] : std::numeric_limits<double>::quiet_NaN();
}

TableColumn numberColumn(const QString& title, std::shared_ptr<const NumberColumn> column)
{
    const auto shown = [column](int row) {
        const double number = numberAt(*column, row);
        return std::isfinite(number) ? QString::number(number, 'g', 10) : QString();
    };
    return {title, TableColumn::Kind::Number, shown, [column](int row) { return QVariant(numberAt(*column, row)); }};
}

TableColumn tagColumn(const QString& title, std::shared_ptr<const TagColumn> column)
{
    return {title, TableColumn::Kind::Text,
            [column](int row) { return tagsShown(*column, static_cast<std::size_t>(row)); }};
}

TableColumn textColumn(const QString& title, std::shared_ptr<const TextColumn> column)
{
    return {title, TableColumn::Kind::Text, [column](int row) {
                const auto at = static_cast<std::size_t>(row);
                return at < column->values.size() ? text(column->values[at]) : QString();
            }};
}

TableColumn countColumn(std::shared_ptr<const Tally> tally, const QString& title)
{
    const auto largest = std::max_element(tally->counts.begin(), tally->counts.end());
    const double most = largest == tally->counts.end() ? 1 : std::max<double>(1, *largest);
    const auto at = [tally](int row) { return tally->counts[static_cast<std::size_t>(row)]; };
    return {title, TableColumn::Kind::Number, [at](int row) { return count(at(row)); },
            [at](int row) { return QVariant(at(row)); }, [at, most](int row) { return at(row) / most; }};
}

TableColumn valueColumn(std::shared_ptr<const Tally> tally, Feedback feedback)
{
    const bool isMean = feedback == Feedback::Explicit;
    const auto value = [tally, isMean](int row) {
        const auto at = static_cast<std::size_t>(row);
        const double divisor = isMean ? tally->counts[at] : 1;
        return divisor == 0 ? std::numeric_limits<double>::quiet_NaN() : tally->sums[at] / divisor;
    };
    const int decimals = isMean ? 2 : 0;
    return {isMean ? "Mean rating" : "Strength", TableColumn::Kind::Number,
            [value, decimals](int row) { return decimals ? decimal(value(row), decimals) : count(value(row)); },
            [value](int row) { return QVariant(value(row)); }};
}

} // namespace

QString columnTitle(const std::string& name)
{
    QString out = text(name);
    out.replace('_', ' ');
    return out.left(1).toUpper() + out.mid(1);
}

Tally tallyOfItems(const Dataset& dataset)
{
    const Interactions& interactions = dataset.interactions();
    Tally tally{std::vector<std::uint32_t>(dataset.itemCount()), std::vector<double>(dataset.itemCount())};
    const auto items = interactions.allItems();
    const auto values = interactions.allValues();
    for (std::size_t i = 0; i < items.size(); ++i) {
        ++tally.counts[items[i].value];
        tally.sums[items[i].value] += values[i];
    }
    return tally;
}

Tally tallyOfPeople(const Dataset& dataset)
{
    const Interactions& interactions = dataset.interactions();
    Tally tally{std::vector<std::uint32_t>(dataset.personCount()), std::vector<double>(dataset.personCount())};
    for (std::size_t person = 0; person < tally.counts.size(); ++person) {
        const auto row = interactions.row(UserIndex{static_cast<std::uint32_t>(person)});
        tally.counts[person] = static_cast<std::uint32_t>(row.size());
        for (const float value : row.values) {
            tally.sums[person] += value;
        }
    }
    return tally;
}

std::vector<TableColumn> tallyColumns(std::shared_ptr<const Tally> tally, Feedback feedback)
{
    return {countColumn(tally, feedback == Feedback::Explicit ? "Ratings" : "Interactions"),
            valueColumn(tally, feedback)};
}

std::vector<TableColumn> attributeColumns(const std::shared_ptr<const AttributeTable>& table)
{
    constexpr std::size_t longest = 40; // a longer text is for reading, not for a table: plots
    std::vector<TableColumn> out;
    for (const AttributeColumn& column : table->columns()) {
        const QString title = columnTitle(column.name);
        if (const auto* numbers = std::get_if<NumberColumn>(&column.data)) {
            out.push_back(numberColumn(title, {table, numbers}));
        } else if (const auto* tags = std::get_if<TagColumn>(&column.data)) {
            out.push_back(tagColumn(title, {table, tags}));
        } else {
            const auto& texts = std::get<TextColumn>(column.data);
            const bool isShort = std::none_of(texts.values.begin(), texts.values.end(),
                                              [](const std::string& value) { return value.size() > longest; });
            if (isShort && column.name != "title" && !column.name.ends_with("Id")) {
                out.push_back(textColumn(title, {table, &texts}));
            }
        }
    }
    return out;
}

} // namespace orrery::ui
