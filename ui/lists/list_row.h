// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/index.h"

#include <QWidget>

class QPropertyAnimation;

namespace orrery::ui {

class LineCache;

/// What one row of a list shows.
struct RowContent {
    ItemIndex item;
    int rank = 0;
    double share = 0; ///< length of its bar, 0..1; below 0: no bar
    QString title;
    QString chip;      ///< "✓ chosen", "A only"; may be empty
    QString chipShort; ///< instead of it where there is little room: "✓"
    bool chipGood = false;
    QString change;     ///< "+2", "−1", "new"; may be empty
    int changeSign = 0; ///< its colour: 1 good, -1 bad, 0 neutral
    int colour = 0;     ///< series colour of the bar
    QString score;      ///< for the tooltip
    bool operator==(const RowContent&) const = default;
};

/// One recommendation: rank, bar, title, what is to be said about it. It glides to its place when that changes.
class ListRow : public QWidget {
    Q_OBJECT
public:
    ListRow(LineCache& lines, QWidget* parent); ///< `lines` must live as long
    void setContent(const RowContent& content);
    [[nodiscard]] const RowContent& content() const { return m_content; }
    void setSelected(bool selected);
    /// Moves to `y`: at once, or gliding.
    void place(int y, bool glide);

signals:
    void clicked(orrery::ItemIndex item);
    void moved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void moveEvent(QMoveEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int paintBar(QPainter& painter) const;
    int paintRight(QPainter& painter, int right) const;
    LineCache& m_lines;
    RowContent m_content;
    bool m_selected = false;
    bool m_hovered = false;
    QPropertyAnimation* m_glide;
};

} // namespace orrery::ui
