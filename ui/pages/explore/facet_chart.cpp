// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/facet_chart.h"

#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int titleHeight = 20, tagHeight = 20, rangesHeight = 44, footHeight = 16;
constexpr double tagWords = .5; // share of the width for words

std::uint32_t bitOf(int bin) { return 1U << static_cast<unsigned>(bin); }

} // namespace

FacetChart::FacetChart(const Facet& facet, QWidget* parent)
    : QWidget(parent), m_title(facet.title), m_isTags(facet.isTags), m_bins(facet.bins), m_all(facet.all),
      m_passing(facet.all)
{
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setAccessibleName(m_title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void FacetChart::show(std::vector<std::size_t> passing, std::uint32_t chosen)
{
    m_passing = std::move(passing);
    m_chosen = chosen;
    describe();
    update();
}

QSize FacetChart::sizeHint() const
{
    const int bins = static_cast<int>(m_bins.size());
    return {160, titleHeight + (m_isTags ? bins * tagHeight : rangesHeight + footHeight)};
}

QRect FacetChart::binRect(int bin) const
{
    if (m_isTags)
        return {0, titleHeight + bin * tagHeight, width(), tagHeight};
    const int bins = static_cast<int>(m_bins.size());
    const int left = bin * width() / bins, right = (bin + 1) * width() / bins;
    return {left, titleHeight, right - left, rangesHeight};
}

int FacetChart::binAt(QPoint at) const
{
    for (int bin = 0; bin < m_bins.size(); ++bin)
        if (binRect(bin).contains(at))
            return bin;
    return -1;
}

QString FacetChart::wordsOf(int bin) const
{
    const auto place = static_cast<std::size_t>(bin);
    return tr("%1: %2 of %3")
        .arg(m_bins[bin], count(static_cast<double>(m_passing[place])), count(static_cast<double>(m_all[place])));
}

void FacetChart::describe()
{
    QStringList words;
    for (int bin = 0; bin < m_bins.size(); ++bin)
        if (m_chosen & bitOf(bin))
            words << m_bins[bin];
    setAccessibleDescription(words.isEmpty() ? tr("nothing chosen") : tr("chosen: %1").arg(words.join(", ")));
}

void FacetChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(this);
    painter.setFont(ui::font(type::secondary, QFont::DemiBold));
    painter.setPen(tokens.text);
    const QRect title(0, 0, width(), titleHeight);
    painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter, m_title);
    painter.setFont(ui::font(type::secondary));
    painter.setPen(tokens.secondary);
    if (m_cursor >= 0)
        painter.drawText(title, Qt::AlignRight | Qt::AlignVCenter,
                         m_isTags ? count(static_cast<double>(m_passing[static_cast<std::size_t>(m_cursor)]))
                                  : wordsOf(m_cursor));
    m_isTags ? paintTags(painter) : paintRanges(painter);
    if (hasFocus() && m_cursor >= 0) {
        painter.setPen(QPen(tokens.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(binRect(m_cursor).adjusted(0, 0, -1, -1));
    }
}

void FacetChart::paintTags(QPainter& painter) const
{
    const Tokens& tokens = tokensFor(this);
    const auto most = static_cast<double>(std::max<std::size_t>(1, std::ranges::max(m_all)));
    const int words = static_cast<int>(tagWords * width());
    for (int bin = 0; bin < m_bins.size(); ++bin) {
        const QRect rect = binRect(bin);
        const auto place = static_cast<std::size_t>(bin);
        const bool isOn = m_chosen == 0 || (m_chosen & bitOf(bin)) != 0;
        painter.setPen(isOn ? tokens.text : tokens.disabled);
        painter.drawText(rect.adjusted(0, 0, words - rect.width() - space::xs, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_bins[bin], Qt::ElideRight, words - space::xs));
        const auto bar = [&](std::size_t items, const QColor& colour) {
            const int length = static_cast<int>((rect.width() - words) * static_cast<double>(items) / most);
            painter.fillRect(QRect(words, rect.top() + 5, std::max(length, items > 0 ? 1 : 0), tagHeight - 10), colour);
        };
        bar(m_all[place], tokens.hairline);
        bar(m_passing[place], isOn ? tokens.accent : tokens.strongLine);
    }
}

void FacetChart::paintRanges(QPainter& painter) const
{
    const Tokens& tokens = tokensFor(this);
    const auto most = static_cast<double>(std::max<std::size_t>(1, std::ranges::max(m_all)));
    for (int bin = 0; bin < m_bins.size(); ++bin) {
        const QRect rect = binRect(bin).adjusted(0, 0, -1, 0);
        const auto place = static_cast<std::size_t>(bin);
        const bool isOn = m_chosen == 0 || (m_chosen & bitOf(bin)) != 0;
        const auto bar = [&](std::size_t items, const QColor& colour) {
            const int height = static_cast<int>((rangesHeight - 2) * static_cast<double>(items) / most);
            const int shown = std::max(height, items > 0 ? 1 : 0);
            painter.fillRect(QRect(rect.left(), rect.bottom() + 1 - shown, rect.width(), shown), colour);
        };
        bar(m_all[place], tokens.hairline);
        bar(m_passing[place], isOn ? tokens.accent : tokens.strongLine);
    }
    const int line = titleHeight + rangesHeight;
    painter.setPen(tokens.strongLine);
    painter.drawLine(0, line, width(), line);
    const QRect foot(0, line, width(), footHeight);
    painter.setPen(tokens.secondary);
    // "1990 to 1995": the ends of the axis are the first word of the first bin and the last of the last.
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, m_bins.first().section(QChar(u' '), 0, 0));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, m_bins.last().section(QChar(u' '), -1));
}

void FacetChart::choose(std::uint32_t bins)
{
    if (bins == m_chosen)
        return;
    m_chosen = bins;
    describe();
    update();
    emit chosenChanged(bins);
}

void FacetChart::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->button() == Qt::LeftButton ? binAt(event->position().toPoint()) : -1;
    if (m_pressed < 0)
        choose(0);
    else if (m_isTags)
        choose(m_chosen ^ bitOf(m_pressed));
    else
        choose(m_chosen == bitOf(m_pressed) ? 0 : bitOf(m_pressed));
}

void FacetChart::mouseMoveEvent(QMouseEvent* event)
{
    QPoint at = event->position().toPoint();
    if (m_pressed >= 0 && !m_isTags) {
        at = {std::clamp(at.x(), 0, width() - 1), titleHeight + 1};
        const int bin = binAt(at), first = std::min(bin, m_pressed), last = std::max(bin, m_pressed);
        std::uint32_t range = 0;
        for (int b = first; b <= last; ++b)
            range |= bitOf(b);
        if (bin != m_pressed || m_chosen != 0)
            choose(range);
    }
    if (const int bin = binAt(at); bin != m_cursor) {
        m_cursor = bin;
        update();
    }
}

void FacetChart::mouseReleaseEvent(QMouseEvent*) { m_pressed = -1; }

void FacetChart::leaveEvent(QEvent* event)
{
    m_cursor = -1;
    update();
    QWidget::leaveEvent(event);
}

void FacetChart::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_bins.size()) - 1;
    const auto go = [&](int bin) {
        m_cursor = std::clamp(bin, 0, last);
        setAccessibleDescription(wordsOf(m_cursor));
        update();
    };
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up: return go(m_cursor - 1);
    case Qt::Key_Right:
    case Qt::Key_Down: return go(m_cursor + 1);
    case Qt::Key_Space:
    case Qt::Key_Return:
        if (m_cursor >= 0)
            choose(m_chosen ^ bitOf(m_cursor));
        return;
    case Qt::Key_Escape: return choose(0);
    default: QWidget::keyPressEvent(event);
    }
}

bool FacetChart::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const int bin = binAt(help->pos()); bin >= 0)
            QToolTip::showText(help->globalPos(), wordsOf(bin), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace orrery::ui
