// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>

#include <functional>
#include <vector>

namespace orrery::ui {

/// One column of a TableModel. The functions are asked for a row when it is painted or sorted: they must be O(1).
struct TableColumn {
    enum class Kind { Text, Number }; ///< numbers are right-aligned, their figures tabular

    QString title;
    Kind kind = Kind::Text;
    std::function<QString(int row)> display;
    std::function<QVariant(int row)> sort = {}; ///< number or text; else what is displayed
    std::function<double(int row)> bar = {};    ///< 0..1
    std::function<int(int row)> swatch = {};    ///< index of a series colour
    std::function<QString(int row)> tip = {};   ///< tooltip
    std::function<bool(int row)> strong = {};   ///< in bold: "best of the column"
    QString help = {};                          ///< tooltip of the header
};

/// A table that is a view of a snapshot: a concrete model declares its columns and hands over a number of rows; all
/// plumbing is here. One reset for a new snapshot, nothing else ever changes.
class TableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Column with that title, or -1.
    [[nodiscard]] int columnTitled(const QString& title) const;

    /// Also for tables that need no class of their own. What the functions capture must live as long as they do.
    void reset(int rows, std::vector<TableColumn> columns);

private:
    int m_rows = 0;
    std::vector<TableColumn> m_columns;
};

} // namespace orrery::ui
