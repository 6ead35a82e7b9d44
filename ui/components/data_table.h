// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QWidget>

#include <memory>

class QAbstractItemModel;
class QModelIndex;
class QTableView;

namespace orrery::ui {

/// Roles that item models fill besides DisplayRole.
enum TableRole {
    SortRole = 0x0100 + 1, ///< a number or a text to sort by; numbers are right-aligned by it
    BarRole,               ///< 0..1: a bar behind the number
    SwatchRole,            ///< int: series colour drawn as a small square before the text
};

/// The table of every page: 32 px rows, search (Ctrl+F), sort by header, copy with headers (Ctrl+C), export as CSV.
/// With 10k rows all stay instant.
class DataTable : public QWidget {
    Q_OBJECT
public:
    explicit DataTable(QWidget* parent = nullptr);
    ~DataTable() override;
    /// The model stays the caller's. It is searched and sorted through a proxy.
    void setModel(QAbstractItemModel* model);
    void setTitle(const QString& title);    ///< "Films", beside the search field
    void setEmptyText(const QString& text); ///< instead of rows when there are none
    void setSearchVisible(bool visible);
    void setSearch(const QString& typed); ///< as if typed
    void sortBy(int column, Qt::SortOrder order);
    void addTool(QWidget* widget); ///< between the search field and the export button
    [[nodiscard]] QTableView* view() const;
    [[nodiscard]] int shownRows() const;        ///< that match the search
    [[nodiscard]] int currentSourceRow() const; ///< -1 when none
    void selectSourceRow(int row);              ///< and scrolls to it; does not signal
    void copySelection() const;                 ///< with headers, tab separated; all when nothing is selected
    /// The rows shown, numbers in full. Errors: Io.
    [[nodiscard]] Status exportCsv(const QString& file) const;

signals:
    void rowActivated(int sourceRow); ///< selected by click or keys

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
