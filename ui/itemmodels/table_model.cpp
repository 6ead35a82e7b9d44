// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/itemmodels/table_model.h"

#include "ui/components/data_table.h"
#include "ui/theme/theme.h"

namespace orrery::ui {
namespace {

int alignmentOf(const TableColumn& column)
{
    const bool number = column.kind == TableColumn::Kind::Number;
    return static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

template <class Result> QVariant asked(const std::function<Result(int)>& function, int row)
{
    return function ? QVariant(function(row)) : QVariant();
}

} // namespace

void TableModel::reset(int rows, std::vector<TableColumn> columns)
{
    beginResetModel();
    m_rows = rows;
    m_columns = std::move(columns);
    endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

int TableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const TableColumn& column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole: return asked(column.display, index.row());
    case SortRole: return column.sort ? column.sort(index.row()) : asked(column.display, index.row());
    case BarRole: return asked(column.bar, index.row());
    case SwatchRole: return asked(column.swatch, index.row());
    case Qt::ToolTipRole: return asked(column.tip, index.row());
    case Qt::TextAlignmentRole: return alignmentOf(column);
    case Qt::FontRole: return column.strong && column.strong(index.row()) ? font(type::body, QFont::Bold) : QVariant();
    default: return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const TableColumn& column = m_columns[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole: return column.title;
    case Qt::TextAlignmentRole: return alignmentOf(column);
    case Qt::ToolTipRole: return column.help.isEmpty() ? QVariant() : column.help;
    default: return {};
    }
}

int TableModel::columnTitled(const QString& title) const
{
    for (int column = 0; column < columnCount(); ++column) {
        if (m_columns[static_cast<std::size_t>(column)].title == title) {
            return column;
        }
    }
    return -1;
}

} // namespace orrery::ui
