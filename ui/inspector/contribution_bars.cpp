// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/contribution_bars.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int lineHeight = 24;
constexpr int sumHeight = 32;
constexpr int labelWidth = 118;
constexpr int barHeight = 8;

// Small scores need more digits, counts none.
int decimalsFor(double largest) { return largest >= 100 ? 0 : largest >= 0.095 ? 2 : 4; }

} // namespace

ContributionBars::ContributionBars(QWidget* parent) : QWidget(parent) {}

void ContributionBars::setLines(std::vector<Line> lines, const QString& sumLabel, double sum, int colour)
{
    m_lines = std::move(lines);
    m_sumLabel = sumLabel;
    m_sum = sum;
    m_colour = colour;
    QStringList spoken;
    for (const Line& line : m_lines)
        spoken << QStringLiteral("%1 %2").arg(line.label, signedDecimal(line.value, 2));
    spoken << QStringLiteral("%1 %2").arg(m_sumLabel, decimal(m_sum, 2));
    setAccessibleName(spoken.join(QStringLiteral("; ")));
    setFixedHeight(sizeHint().height());
    update();
}

QSize ContributionBars::sizeHint() const { return {240, static_cast<int>(m_lines.size()) * lineHeight + sumHeight}; }

void ContributionBars::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(ui::font(type::body));
    double most = 0;
    double least = 0;
    double largest = std::abs(m_sum);
    for (const Line& line : m_lines) {
        most = std::max(most, line.value);
        least = std::min(least, line.value);
        largest = std::max(largest, std::abs(line.value));
    }
    const int decimals = decimalsFor(largest);
    const int valueWidth =
        QFontMetrics(ui::numberFont(type::body, QFont::Bold)).horizontalAdvance(signedDecimal(-largest, decimals)) +
        space::xs;
    const double room = width() - labelWidth - valueWidth - 2 * space::sm;
    const double scale = most > least ? room / (most - least) : 0;
    const double zero = labelWidth + space::sm - least * scale;
    int y = 0;
    for (const Line& line : m_lines) {
        painter.setPen(tokens.text);
        painter.drawText(QRect(0, y, labelWidth, lineHeight), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(line.label, Qt::ElideRight, labelWidth));
        painter.setPen(Qt::NoPen);
        painter.setBrush(line.value < 0 ? tokens.bad
                                        : tokens.series[static_cast<std::size_t>(m_colour) % tokens.series.size()]);
        const double length = std::max(1.5, std::abs(line.value) * scale);
        painter.drawRoundedRect(
            QRectF(line.value < 0 ? zero - length : zero, y + (lineHeight - barHeight) / 2.0, length, barHeight), 2, 2);
        painter.setPen(tokens.text);
        painter.setFont(ui::numberFont(type::body));
        painter.drawText(QRect(width() - valueWidth, y, valueWidth, lineHeight), Qt::AlignRight | Qt::AlignVCenter,
                         signedDecimal(line.value, decimals));
        painter.setFont(ui::font(type::body));
        y += lineHeight;
    }
    painter.setPen(tokens.strongLine);
    painter.drawLine(0, y + 2, width(), y + 2);
    painter.setPen(tokens.secondary);
    painter.drawText(QRect(0, y + 4, width() - valueWidth, sumHeight - 4), Qt::AlignVCenter, m_sumLabel);
    painter.setPen(tokens.text);
    painter.setFont(ui::numberFont(type::body, QFont::Bold));
    painter.drawText(QRect(width() - 2 * valueWidth, y + 4, 2 * valueWidth, sumHeight - 4),
                     Qt::AlignRight | Qt::AlignVCenter, decimal(m_sum, decimals));
}

bool ContributionBars::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const auto line = static_cast<std::size_t>(help->y() / lineHeight);
        if (line < m_lines.size())
            QToolTip::showText(help->globalPos(), m_lines[line].tip, this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace orrery::ui
