// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/line_cache.h"
#include "ui/lists/list_column.h"

#include <QWidget>

namespace orrery::ui {

/// Lists side by side, with ribbons that join equal items of neighbouring columns.
class ListBoard : public QWidget {
    Q_OBJECT
public:
    explicit ListBoard(QWidget* parent = nullptr);
    void setColumns(const std::vector<ColumnContent>& columns);
    void setSelectedItem(std::optional<ItemIndex> item);
    [[nodiscard]] ListColumn* column(std::size_t index) const { return m_columns[index]; }
    [[nodiscard]] std::size_t columnCount() const { return m_columns.size(); }
    /// How many rows a column has room for now.
    [[nodiscard]] int visibleRows() const;
    /// Columns of the smallest readable width that fit.
    [[nodiscard]] int columnsThatFit() const;

signals:
    void clicked(int column, orrery::ItemIndex item);
    void roomChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void layOut();
    void updateRibbons();
    void paintRibbons(QPainter& painter, const ListColumn& left, const ListColumn& right) const;

    LineCache m_lines;
    std::vector<ListColumn*> m_columns;
    std::optional<ItemIndex> m_selected;
};

} // namespace orrery::ui
