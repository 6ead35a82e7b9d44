// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractProxyModel>
#include <QStringList>

#include <vector>

namespace orrery::ui {

/// Searches and sorts the rows of a table. Unlike QSortFilterProxyModel it reads every key once and changes all rows at
/// once, so that 60k rows follow each typed letter.
class RowProxy : public QAbstractProxyModel {
    Q_OBJECT
public:
    using QAbstractProxyModel::QAbstractProxyModel;
    void setSourceModel(QAbstractItemModel* source) override;
    /// Rows are kept in whose text (all columns) every word occurs. Case and accents are ignored.
    void search(const QString& typed);
    /// By SortRole where there is one, else by the shown text. Stable; what is unknown (NaN, no value) comes last in
    /// both orders. Column -1: as in the source.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    [[nodiscard]] int sortColumn() const { return m_column; }
    [[nodiscard]] Qt::SortOrder sortOrder() const { return m_order; }
    [[nodiscard]] bool isSearching() const { return !m_words.isEmpty(); }

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex mapToSource(const QModelIndex& proxy) const override;
    [[nodiscard]] QModelIndex mapFromSource(const QModelIndex& source) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    void sortRows();
    void matchRows();
    void prepareTexts();
    void sourceDataChanged(const QModelIndex& from, const QModelIndex& to, const QList<int>& roles);

    std::vector<int> m_sorted;    // all source rows in order
    std::vector<int> m_rows;      // those that match, in order
    std::vector<int> m_places;    // source row to its place in m_rows, or -1
    std::vector<QString> m_texts; // folded text of each source row, made at the first search
    QStringList m_words;
    int m_column = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    std::vector<QMetaObject::Connection> m_connections;
};

} // namespace orrery::ui
