// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/event_log.h"

#include <QAbstractButton>
#include <QImage>
#include <QPixmap>
#include <QString>
#include <QStringList>

#include <optional>

namespace orrery::ui {

/// What stands on the card of an item.
struct CardFace {
    ItemIndex item;
    QString title;
    QString category;
    QString maker;  ///< brand
    QImage picture; ///< of pictureSize; null: a cover is drawn
    QString price;  ///< "3.95"; empty where it is not known
    QStringList badges;
    QString why; ///< two lines
    bool isForSale = true;
    bool operator==(const CardFace&) const = default;
};

/// An item as a shop shows it: cover, title, price, badges and why it is here. A click looks at it; while the mouse or
/// the focus is on it, what else a visitor can do stands on the cover: skip, and of what is for sale cart and buy; also
/// as the keys S, C and B.
class ItemCard : public QAbstractButton {
    Q_OBJECT
public:
    static constexpr int cardWidth = 148, cardHeight = 188;
    static constexpr int coverHeight = 88;
    static constexpr QSize pictureSize{2 * cardWidth, 2 * coverHeight}; ///< sharp on screens with twice the points

    explicit ItemCard(QWidget* parent = nullptr);
    void setFace(const CardFace& face);
    [[nodiscard]] const CardFace& face() const { return m_face; }
    [[nodiscard]] QSize sizeHint() const override { return {cardWidth, cardHeight}; }

signals:
    void done(orrery::ItemIndex item, orrery::EventKind what);

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] bool isLookedAt() const { return underMouse() || hasFocus(); }
    [[nodiscard]] std::size_t actionCount() const;
    [[nodiscard]] QRect actionRect(std::size_t action) const;
    [[nodiscard]] std::optional<std::size_t> actionAt(QPoint at) const;
    void drawWords(QPainter& painter);
    void drawActions(QPainter& painter);

    CardFace m_face;
    QPixmap m_cover;                     ///< drawn when it is first seen
    std::optional<std::size_t> m_action; ///< under the mouse
};

} // namespace orrery::ui
