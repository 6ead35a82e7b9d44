// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/bar_row.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QEnterEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int barWidth = 44, barHeight = 6, numberWidth = 44, rowHeight = 28;

} // namespace

BarRow::BarRow(const QString& title, double number, double share, int colour, QWidget* parent)
    : QAbstractButton(parent), m_number(decimal(number, std::abs(number) < 10 ? 2 : 1)),
      m_share(std::clamp(share, 0.0, 1.0)), m_colour(colour)
{
    setText(title);
    setAccessibleName(tr("%1: %2").arg(title, m_number));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(title);
}

QSize BarRow::sizeHint() const { return {200, rowHeight}; }

void BarRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(this);
    if (hasFocus() || underMouse())
        painter.fillRect(rect(), tokens.accentSoft);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF bar(0, (height() - barHeight) / 2.0, barWidth, barHeight);
    painter.setBrush(tokens.hairline);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setBrush(tokens.series.at(static_cast<std::size_t>(m_colour) % tokens.series.size()));
    painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(m_share * barWidth, barHeight)), 2, 2);
    painter.setFont(ui::font(type::body));
    painter.setPen(tokens.text);
    const QRect title(barWidth + space::sm, 0, width() - barWidth - numberWidth - 2 * space::sm, height());
    painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, title.width()));
    painter.drawText(QRect(width() - numberWidth, 0, numberWidth, height()), Qt::AlignRight | Qt::AlignVCenter,
                     m_number);
}

void BarRow::enterEvent(QEnterEvent* event)
{
    emit looked();
    update();
    QAbstractButton::enterEvent(event);
}

void BarRow::focusInEvent(QFocusEvent* event)
{
    emit looked();
    QAbstractButton::focusInEvent(event);
}

} // namespace orrery::ui
