// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/list_board.h"

#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QResizeEvent>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int gap = 44;
constexpr int smallestColumn = 220;
constexpr qreal thinRibbon = 1.5;
constexpr qreal selectedRibbon = 2.5;

} // namespace

ListBoard::ListBoard(QWidget* parent) : QWidget(parent) { setMinimumHeight(200); }

void ListBoard::setColumns(const std::vector<ColumnContent>& columns)
{
    while (m_columns.size() > columns.size()) {
        m_columns.back()->deleteLater();
        m_columns.back()->hide();
        m_columns.pop_back();
    }
    while (m_columns.size() < columns.size()) {
        auto* column = new ListColumn(m_lines, this);
        const int index = static_cast<int>(m_columns.size());
        connect(column, &ListColumn::clicked, this, [this, index](ItemIndex item) { emit clicked(index, item); });
        connect(column, &ListColumn::rowsMoved, this, &ListBoard::updateRibbons);
        column->show();
        m_columns.push_back(column);
    }
    layOut();
    for (std::size_t i = 0; i < columns.size(); ++i)
        m_columns[i]->setContent(columns[i]);
    setSelectedItem(m_selected);
}

void ListBoard::setSelectedItem(std::optional<ItemIndex> item)
{
    m_selected = item;
    for (ListColumn* column : m_columns)
        column->setSelectedItem(item);
    updateRibbons();
}

// Only the gaps: the lists themselves need not be painted again.
void ListBoard::updateRibbons()
{
    for (std::size_t i = 0; i + 1 < m_columns.size(); ++i)
        update(m_columns[i]->geometry().right() + 1, 0, gap, height());
}

int ListBoard::visibleRows() const { return ListColumn::rowsIn(height()); }

int ListBoard::columnsThatFit() const { return std::max(1, (width() + gap) / (smallestColumn + gap)); }

void ListBoard::layOut()
{
    const int count = static_cast<int>(m_columns.size());
    if (count == 0)
        return;
    const int columnWidth = (width() - (count - 1) * gap) / count;
    for (int i = 0; i < count; ++i)
        m_columns[static_cast<std::size_t>(i)]->setGeometry(i * (columnWidth + gap), 0, columnWidth, height());
}

void ListBoard::resizeEvent(QResizeEvent* event)
{
    layOut();
    if (event->size() != event->oldSize())
        emit roomChanged();
}

void ListBoard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i + 1 < m_columns.size(); ++i)
        paintRibbons(painter, *m_columns[i], *m_columns[i + 1]);
}

void ListBoard::paintRibbons(QPainter& painter, const ListColumn& left, const ListColumn& right) const
{
    const Tokens& tokens = tokensFor(this);
    const int from = left.geometry().right() + 1;
    const int to = right.geometry().left();
    for (const RowContent& row : left.rows()) {
        const auto start = left.rowCentre(row.item);
        const auto end = right.rowCentre(row.item);
        if (!start || !end)
            continue;
        const bool selected = m_selected == row.item;
        QPainterPath path(QPointF(from, *start));
        const qreal middle = (from + to) / 2.0;
        path.cubicTo(middle, *start, middle, *end, to, *end);
        painter.setPen(QPen(selected ? tokens.accent : tokens.strongLine, selected ? selectedRibbon : thinRibbon));
        painter.drawPath(path);
    }
}

} // namespace orrery::ui
