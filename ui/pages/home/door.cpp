// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/home/door.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace orrery::ui {
namespace {

constexpr int doorHeight = 136;
constexpr int doorIconSize = 28;

} // namespace

Door::Door(QString iconName, const QString& title, QString words, QWidget* parent)
    : QAbstractButton(parent), m_icon(std::move(iconName)), m_words(std::move(words))
{
    setText(title);
    setAccessibleDescription(m_words);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize Door::sizeHint() const { return {220, doorHeight}; }

void Door::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool active = underMouse() || hasFocus();
    painter.setPen(active ? tokens.accent : tokens.hairline);
    painter.setBrush(isDown() ? tokens.accentSoft : tokens.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    painter.drawPixmap(space::lg, space::lg, iconPixmap(m_icon, tokens.accent, doorIconSize, devicePixelRatioF()));
    painter.setPen(tokens.text);
    painter.setFont(ui::font(type::section, QFont::DemiBold));
    const int top = space::lg + doorIconSize + space::sm;
    const QRect title(space::lg, top, width() - 2 * space::lg, painter.fontMetrics().height());
    painter.drawText(title, Qt::AlignLeft, text());
    painter.setPen(tokens.secondary);
    painter.setFont(ui::font(type::body));
    painter.drawText(QRect(space::lg, title.bottom() + space::xs, title.width(), height() - title.bottom() - space::md),
                     Qt::AlignLeft | Qt::TextWordWrap, m_words);
}

} // namespace orrery::ui
