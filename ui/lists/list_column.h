// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/list_row.h"

#include <QFrame>

#include <map>
#include <optional>
#include <vector>

class QLabel;

namespace orrery::ui {

class Badge;
class ElidedLabel;

/// What one column of the board shows.
struct ColumnContent {
    QString name;
    int colour = 0;
    QString badge; ///< "held out", "trained on all data"
    QString badgeHelp;
    bool badgeWarns = false;
    std::vector<RowContent> rows;
    QString footer;  ///< "12 dropped: already seen 12"
    QString instead; ///< said in place of rows: why there are none
};

/// One recommender's list: its name, its rows, what was dropped.
class ListColumn : public QFrame {
    Q_OBJECT
public:
    ListColumn(LineCache& lines, QWidget* parent); ///< `lines` must live as long
    /// Rows that stay glide to their new places.
    void setContent(const ColumnContent& content);
    void setSelectedItem(std::optional<ItemIndex> item);
    /// Middle of an item's row, in the column's coordinates; nothing when it is not shown.
    [[nodiscard]] std::optional<int> rowCentre(ItemIndex item) const;
    [[nodiscard]] const std::vector<RowContent>& rows() const { return m_rows; }
    [[nodiscard]] ListRow* rowAt(std::size_t place) const; ///< null past the end
    /// Rows that fit into a column of this height.
    [[nodiscard]] static int rowsIn(int height);
    /// The height that so many rows need.
    [[nodiscard]] static int heightOf(int rows);

signals:
    void clicked(orrery::ItemIndex item);
    void rowsMoved();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange(const std::vector<RowContent>& rows);
    ListRow* makeRow();

    LineCache& m_lines;
    QLabel* m_swatch;
    ElidedLabel* m_name;
    Badge* m_badge;
    QWidget* m_area;
    QLabel* m_instead;
    ElidedLabel* m_footer;
    std::map<ItemIndex, ListRow*> m_byItem;
    std::vector<RowContent> m_rows;
    std::optional<ItemIndex> m_selected;
};

} // namespace orrery::ui
