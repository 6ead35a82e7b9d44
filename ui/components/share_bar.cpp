// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/share_bar.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int shareHeight = 8, wordsHeight = 20, leastWidth = 200;

} // namespace

ShareBar::ShareBar(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void ShareBar::show(const QString& words, double share)
{
    m_words = words;
    m_share = std::clamp(share, 0.0, 1.0);
    setAccessibleName(shown());
    setToolTip(shown());
    update();
}

QString ShareBar::shown() const { return tr("%1: %2").arg(m_words, percent(m_share, 1)); }

QSize ShareBar::sizeHint() const { return {leastWidth, wordsHeight + shareHeight + space::xs}; }

void ShareBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(ui::font(type::body));
    painter.setPen(tokens.text);
    const QString number = percent(m_share, 1);
    const int numberWidth = painter.fontMetrics().horizontalAdvance(number) + space::sm;
    const QRect line(0, 0, width(), wordsHeight);
    painter.drawText(line.adjusted(0, 0, -numberWidth, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_words, Qt::ElideRight, width() - numberWidth));
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, number);
    painter.setPen(Qt::NoPen);
    const QRectF bar(0, wordsHeight, width(), shareHeight);
    painter.setBrush(tokens.hairline);
    painter.drawRoundedRect(bar, shareHeight / 2.0, shareHeight / 2.0);
    if (m_share <= 0)
        return;
    painter.setBrush(tokens.series[0]);
    const double length = std::max(m_share * width(), double(shareHeight));
    painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(length, shareHeight)), shareHeight / 2.0, shareHeight / 2.0);
}

} // namespace orrery::ui
