// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/home/work_tile.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace orrery::ui {
namespace {

constexpr int tileHeight = 52;
constexpr int tileIconSize = 20;
constexpr int markWidth = 3;

} // namespace

WorkTile::WorkTile(QString iconName, const QString& title, QWidget* parent)
    : QAbstractButton(parent), m_icon(std::move(iconName))
{
    setText(title);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void WorkTile::setFacts(const QString& facts)
{
    m_facts = facts;
    setAccessibleDescription(facts);
    if (toolTip().isEmpty())
        setToolTip(facts);
    update();
}

void WorkTile::setShown(bool shown)
{
    m_shown = shown;
    setEnabled(!shown);
    setCursor(shown ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

QSize WorkTile::sizeHint() const { return {200, tileHeight}; }

void WorkTile::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool active = isEnabled() && (underMouse() || hasFocus());
    painter.setPen(active ? tokens.accent : tokens.hairline);
    painter.setBrush(isDown() || m_shown ? tokens.accentSoft : tokens.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    if (m_shown)
        painter.fillRect(QRect(0, space::sm, markWidth, height() - 2 * space::sm), tokens.accent);
    painter.drawPixmap(
        space::md, (height() - tileIconSize) / 2,
        iconPixmap(m_icon, m_shown ? tokens.accent : tokens.secondary, tileIconSize, devicePixelRatioF()));
    const int left = space::md + tileIconSize + space::md;
    const int room = width() - left - space::md;
    const auto line = [&](const QString& words, int pixels, QFont::Weight weight, const QColor& colour, int top) {
        painter.setFont(ui::font(pixels, weight));
        painter.setPen(colour);
        const QFontMetrics metrics = painter.fontMetrics();
        painter.drawText(QRect(left, top, room, metrics.height()), Qt::AlignLeft,
                         metrics.elidedText(words, Qt::ElideRight, room));
        return top + metrics.height() + 2;
    };
    const int next = line(text(), type::body, QFont::DemiBold, tokens.text, space::sm);
    line(m_facts, type::secondary, QFont::Normal, tokens.secondary, next);
}

} // namespace orrery::ui
