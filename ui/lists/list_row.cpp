// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/list_row.h"

#include "ui/components/line_cache.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPropertyAnimation>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int rankWidth = 24;
constexpr int barWidth = 44;
constexpr int barHeight = 6;
constexpr int chipHeight = 20;
constexpr int narrowRow = 340;

} // namespace

ListRow::ListRow(LineCache& lines, QWidget* parent)
    : QWidget(parent), m_lines(lines), m_glide(new QPropertyAnimation(this, "pos", this))
{
    setFixedHeight(space::rowHeight);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_OpaquePaintEvent); // what lies beneath need not be painted first
    m_glide->setEasingCurve(QEasingCurve::OutCubic);
}

void ListRow::setContent(const RowContent& content)
{
    if (content == m_content)
        return;
    m_content = content;
    setAccessibleName(QStringList{QString::number(content.rank), content.title, content.chip, content.change}
                          .join(QStringLiteral(" "))
                          .simplified());
    QStringList tip{content.title, content.chip,
                    content.score.isEmpty() ? QString() : tr("score %1").arg(content.score)};
    tip.removeAll(QString());
    setToolTip(tip.join(u'\n'));
    update();
}

void ListRow::setSelected(bool selected)
{
    if (selected != m_selected)
        update();
    m_selected = selected;
}

void ListRow::place(int y, bool glide)
{
    m_glide->stop();
    if (y == this->y())
        return;
    const int duration = motionDuration();
    if (!glide || duration == 0 || !isVisible())
        return move(0, y);
    m_glide->setDuration(duration);
    m_glide->setEndValue(QPoint(0, y));
    m_glide->start();
}

// Chip and change, from the right; returns where the title must end.
int ListRow::paintRight(QPainter& painter, int right) const
{
    const Tokens& tokens = tokensFor(this);
    painter.setFont(ui::font(type::secondary));
    if (!m_content.change.isEmpty()) {
        painter.setPen(m_content.changeSign > 0   ? tokens.good
                       : m_content.changeSign < 0 ? tokens.bad
                                                  : tokens.secondary);
        const int width = std::max(rankWidth, m_lines.width(painter.font(), m_content.change));
        m_lines.draw(painter, QRect(right - width, 0, width, height()), Qt::AlignRight | Qt::AlignVCenter,
                     m_content.change);
        right -= width + space::sm;
    }
    // In a narrow column the title matters more than the words of the chip.
    const bool narrow = width() < narrowRow;
    const QString chipText = narrow ? m_content.chipShort : m_content.chip;
    if (!chipText.isEmpty()) {
        const int width = m_lines.width(painter.font(), chipText) + 2 * space::sm;
        const QRect chip(right - width, (height() - chipHeight) / 2, width, chipHeight);
        painter.setPen(tokens.hairline);
        painter.setBrush(tokens.window);
        painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), chipHeight / 2.0, chipHeight / 2.0);
        painter.setPen(m_content.chipGood ? tokens.good : tokens.secondary);
        m_lines.draw(painter, chip, Qt::AlignCenter, chipText);
        right -= width + space::sm;
    }
    return right;
}

// Returns where the title begins.
int ListRow::paintBar(QPainter& painter) const
{
    const Tokens& tokens = tokensFor(this);
    const QRectF bar(space::sm + rankWidth + space::sm, (height() - barHeight) / 2.0, barWidth, barHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.hairline);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setBrush(tokens.series[static_cast<std::size_t>(m_content.colour) % tokens.series.size()]);
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), std::max(3.0, bar.width() * m_content.share), bar.height()),
                            2, 2);
    return static_cast<int>(bar.right()) + space::sm;
}

void ListRow::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), m_selected ? tokens.accentSoft : m_hovered || hasFocus() ? tokens.window : tokens.surface);
    painter.fillRect(0, height() - 1, width(), 1, tokens.hairline);

    painter.setFont(ui::font(type::body));
    painter.setPen(tokens.secondary);
    m_lines.draw(painter, QRect(space::sm, 0, rankWidth, height()), Qt::AlignRight | Qt::AlignVCenter,
                 QString::number(m_content.rank));
    const int left = m_content.share < 0 ? 2 * space::sm + rankWidth : paintBar(painter);
    const int right = paintRight(painter, width() - space::md);
    painter.setFont(ui::font(type::body));
    painter.setPen(tokens.text);
    m_lines.draw(painter, QRect(left, 0, right - left, height()), Qt::AlignVCenter, m_content.title);
}

void ListRow::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->pos()))
        emit clicked(m_content.item);
}

void ListRow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)
        emit clicked(m_content.item);
    else
        QWidget::keyPressEvent(event);
}

void ListRow::moveEvent(QMoveEvent*) { emit moved(); }

void ListRow::enterEvent(QEnterEvent*)
{
    m_hovered = true;
    update();
}

void ListRow::leaveEvent(QEvent*)
{
    m_hovered = false;
    update();
}

} // namespace orrery::ui
