// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/item_card.h"

#include "ui/components/text.h"
#include "ui/pages/explore/item_cover.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <array>
#include <span>

namespace orrery::ui {
namespace {

constexpr int actionHeight = 24;

struct CardAction {
    const char* words;
    EventKind what;
    int key;
};
constexpr std::array cardActions{CardAction{QT_TRANSLATE_NOOP("ItemCard", "Skip"), EventKind::Skip, Qt::Key_S},
                                 CardAction{QT_TRANSLATE_NOOP("ItemCard", "Cart"), EventKind::Cart, Qt::Key_C},
                                 CardAction{QT_TRANSLATE_NOOP("ItemCard", "Buy"), EventKind::Purchase, Qt::Key_B}};

/// At most two lines, the second one elided.
void drawTitle(QPainter& painter, const QRect& rect, const QString& title)
{
    const QFontMetrics metrics = painter.fontMetrics();
    QString first;
    for (const QString& word : title.split(u' ')) {
        const QString longer = first.isEmpty() ? word : first + u' ' + word;
        if (metrics.horizontalAdvance(longer) > rect.width())
            break;
        first = longer;
    }
    const QString rest = title.mid(first.size()).trimmed();
    const QPoint base = rect.topLeft() + QPoint(0, metrics.ascent());
    if (first.isEmpty()) // one long word
        return painter.drawText(base, metrics.elidedText(rest, Qt::ElideRight, rect.width()));
    painter.drawText(base, first);
    painter.drawText(base + QPoint(0, metrics.height()), metrics.elidedText(rest, Qt::ElideRight, rect.width()));
}

} // namespace

ItemCard::ItemCard(QWidget* parent) : QAbstractButton(parent)
{
    setFixedSize(cardWidth, cardHeight);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(this, &QAbstractButton::clicked, this, [this] { emit done(m_face.item, EventKind::View); });
}

void ItemCard::setFace(const CardFace& face)
{
    if (face == m_face)
        return;
    if (face.title != m_face.title || face.category != m_face.category || face.picture != m_face.picture)
        m_cover = {};
    m_face = face;
    QStringList said{face.title, face.price, face.badges.join(QStringLiteral(", ")), face.why};
    said.removeAll(QString());
    setAccessibleName(said.join(QStringLiteral(", ")));
    setToolTip(plainTip(said.join(u'\n')));
    update();
}

// All but the first are about a sale.
std::size_t ItemCard::actionCount() const { return m_face.isForSale ? cardActions.size() : 1; }

QRect ItemCard::actionRect(std::size_t action) const
{
    const int count = static_cast<int>(cardActions.size());
    const int wide = (width() - 2 * space::xs - (count - 1) * space::xs) / count;
    return {space::xs + static_cast<int>(action) * (wide + space::xs), coverHeight - actionHeight - space::xs, wide,
            actionHeight};
}

std::optional<std::size_t> ItemCard::actionAt(QPoint at) const
{
    for (std::size_t action = 0; action < actionCount(); ++action)
        if (isLookedAt() && actionRect(action).contains(at))
            return action;
    return {};
}

void ItemCard::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    if (m_cover.isNull())
        m_cover = QPixmap::fromImage(m_face.picture);
    if (m_cover.isNull())
        m_cover = drawnCover({m_face.title, m_face.category}, {width(), coverHeight}, devicePixelRatioF(), tokens);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5), space::radius, space::radius);
    painter.fillPath(outline, tokens.raised);
    painter.save();
    painter.setClipPath(outline);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(QRect(0, 0, width(), coverHeight), m_cover);
    painter.restore();
    drawWords(painter);
    if (isLookedAt())
        drawActions(painter);
    painter.setPen(QPen(hasFocus()     ? tokens.accent
                        : isLookedAt() ? tokens.strongLine
                                       : tokens.hairline,
                        hasFocus() ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(outline);
}

void ItemCard::drawWords(QPainter& painter)
{
    const Tokens& tokens = tokensFor(this);
    const int wide = width() - 2 * space::sm;
    painter.setPen(tokens.text);
    painter.setFont(ui::font(type::body));
    const int line = painter.fontMetrics().height();
    int top = coverHeight + space::xs;
    drawTitle(painter, {space::sm, top, wide, 2 * line}, m_face.title);
    top += 2 * line + space::xs;
    painter.setFont(ui::font(type::secondary));
    const QFontMetrics metrics = painter.fontMetrics();
    int left = space::sm;
    if (!m_face.price.isEmpty()) {
        painter.setFont(ui::font(type::secondary, QFont::DemiBold));
        painter.drawText(QPoint(left, top + metrics.ascent()), m_face.price);
        left += painter.fontMetrics().horizontalAdvance(m_face.price) + space::sm;
    }
    painter.setFont(ui::font(type::secondary));
    const auto drawBeside = [&](const QString& words, const QColor& colour) {
        painter.setPen(colour);
        painter.drawText(QPoint(left, top + metrics.ascent()),
                         metrics.elidedText(words, Qt::ElideRight, width() - space::sm - left));
        left += words.isEmpty() ? 0 : metrics.horizontalAdvance(words) + space::sm;
    };
    drawBeside(m_face.badges.join(QStringLiteral(" · ")), tokens.accent);
    drawBeside(m_face.maker.isEmpty() ? m_face.category : m_face.maker, tokens.secondary);
    top += metrics.height() + space::xs;
    painter.setPen(tokens.secondary);
    painter.drawText(QRect(space::sm, top, wide, height() - top - space::xs), Qt::AlignLeft | Qt::TextWordWrap,
                     m_face.why);
}

void ItemCard::drawActions(QPainter& painter)
{
    const Tokens& tokens = tokensFor(this);
    painter.setFont(ui::font(type::secondary, QFont::DemiBold));
    for (std::size_t action = 0; action < actionCount(); ++action) {
        const bool isHot = m_action == action;
        painter.setPen(QPen(isHot ? tokens.accent : tokens.strongLine, 1));
        painter.setBrush(isHot ? tokens.accentSoft : tokens.raised);
        painter.drawRoundedRect(QRectF(actionRect(action)).adjusted(.5, .5, -.5, -.5), space::radius, space::radius);
        painter.setPen(isHot ? tokens.accent : tokens.text);
        painter.drawText(actionRect(action), Qt::AlignCenter, tr(cardActions[action].words));
    }
}

void ItemCard::enterEvent(QEnterEvent*) { update(); }
void ItemCard::focusInEvent(QFocusEvent*) { update(); }
void ItemCard::focusOutEvent(QFocusEvent*) { update(); }

void ItemCard::leaveEvent(QEvent*)
{
    m_action.reset();
    update();
}

void ItemCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        m_cover = {};
    QAbstractButton::changeEvent(event);
}

void ItemCard::mouseMoveEvent(QMouseEvent* event)
{
    if (const auto action = actionAt(event->pos()); action != m_action) {
        m_action = action;
        update();
    }
    QAbstractButton::mouseMoveEvent(event);
}

void ItemCard::mouseReleaseEvent(QMouseEvent* event)
{
    const auto action = actionAt(event->pos());
    if (action && event->button() == Qt::LeftButton) {
        setDown(false);
        emit done(m_face.item, cardActions[*action].what);
        return;
    }
    QAbstractButton::mouseReleaseEvent(event);
}

void ItemCard::keyPressEvent(QKeyEvent* event)
{
    for (const CardAction& action : std::span(cardActions).first(actionCount()))
        if (event->key() == action.key && event->modifiers() == Qt::NoModifier)
            return emit done(m_face.item, action.what);
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return click();
    QAbstractButton::keyPressEvent(event);
}

} // namespace orrery::ui
