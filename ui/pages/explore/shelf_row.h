// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/explore/item_card.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QLabel;
class QScrollArea;
class QToolButton;

namespace orrery::ui {

class ElidedLabel;

/// One shelf: its heading, who filled it, and cards side by side that can be moved along.
class ShelfRow : public QWidget {
    Q_OBJECT
public:
    /// Its cards are called `name`.card.0, .1, ...
    explicit ShelfRow(const QString& name, QWidget* parent = nullptr);
    /// Cards that are there are used again: a shelf changes with every click of a visit.
    void show(const QString& title, const QString& source, const QString& note, const std::vector<CardFace>& faces);
    [[nodiscard]] QString title() const;
    [[nodiscard]] std::vector<ItemIndex> items() const;

signals:
    void done(orrery::ItemIndex item, orrery::EventKind what);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void move(int direction);
    void refreshArrows();

    QLabel* m_title;
    ElidedLabel* m_source;
    QLabel* m_note;
    QScrollArea* m_area;
    QHBoxLayout* m_row;
    QToolButton* m_back;
    QToolButton* m_on;
    std::vector<ItemCard*> m_cards; ///< the first m_shown are seen
    std::size_t m_shown = 0;
};

} // namespace orrery::ui
