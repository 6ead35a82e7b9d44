// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/cell_delegate.h"

#include "ui/components/data_table.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int swatchSide = 10;
constexpr int barHeight = 6;
constexpr int barRoom = 56;      // what a bar takes in a column
constexpr int narrowestBar = 24; // below it there is no room for one beside the number
constexpr int measuredRows = 100;
constexpr int arrowSize = 12;

Qt::Alignment alignmentOf(const QVariant& role)
{
    return role.isValid() ? Qt::Alignment(role.toInt()) : Qt::AlignLeft | Qt::AlignVCenter;
}

bool isRight(const QModelIndex& index) { return alignmentOf(index.data(Qt::TextAlignmentRole)) & Qt::AlignRight; }

QFont cellFont(const QModelIndex& index)
{
    QFont made = isRight(index) ? numberFont(type::body) : ui::font(type::body);
    const QVariant own = index.data(Qt::FontRole); // only its weight counts: "best of the column" is bold
    if (own.isValid()) {
        made.setWeight(static_cast<QFont::Weight>(own.value<QFont>().weight()));
    }
    return made;
}

void paintGround(QPainter& painter, const QStyleOptionViewItem& option, bool hovered, const Tokens& tokens)
{
    if (option.state & QStyle::State_Selected) {
        painter.fillRect(option.rect, tokens.accentSoft);
    } else if (hovered) {
        painter.fillRect(option.rect, tokens.window);
    }
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), tokens.hairline);
}

/// A bar of `share` at the left of `rect`; returns what is left for the number.
QRect paintBar(QPainter& painter, const QRect& rect, double share, int numberWidth, const Tokens& tokens)
{
    const int width = std::min(rect.width() - numberWidth - space::sm, 3 * barRoom);
    if (width < narrowestBar) {
        return rect;
    }
    const QRectF track(rect.left(), rect.center().y() - barHeight / 2 + 1, width, barHeight);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.hairline);
    painter.drawRoundedRect(track, 2, 2);
    painter.setBrush(tokens.accent);
    const double filled = std::clamp(share, 0.0, 1.0) * width;
    painter.drawRoundedRect(QRectF(track.left(), track.top(), filled, barHeight), 2, 2);
    return rect.adjusted(width + space::sm, 0, 0, 0);
}

QRect paintSwatch(QPainter& painter, const QRect& rect, int series, const Tokens& tokens)
{
    const QRectF square(rect.left(), rect.center().y() - swatchSide / 2 + 1, swatchSide, swatchSide);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.series[static_cast<std::size_t>(std::max(0, series)) % tokens.series.size()]);
    painter.drawRoundedRect(square, 2, 2);
    return rect.adjusted(swatchSide + space::sm, 0, 0, 0);
}

} // namespace

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Tokens& tokens = tokensFor(option.widget);
    painter->save();
    paintGround(*painter, option, index.row() == m_hovered, tokens);
    QRect rect = option.rect.adjusted(space::md, 0, -space::md, -1);
    const QString shown = index.data().toString();
    painter->setFont(cellFont(index));
    const QVariant swatch = index.data(SwatchRole), bar = index.data(BarRole);
    if (swatch.isValid()) {
        rect = paintSwatch(*painter, rect, swatch.toInt(), tokens);
    }
    if (bar.isValid()) {
        rect = paintBar(*painter, rect, bar.toDouble(), painter->fontMetrics().horizontalAdvance("000,000"), tokens);
    }
    const QVariant colour = index.data(Qt::ForegroundRole);
    painter->setPen(colour.isValid() ? colour.value<QBrush>().color() : tokens.text);
    painter->drawText(rect, alignmentOf(index.data(Qt::TextAlignmentRole)) | Qt::TextSingleLine,
                      painter->fontMetrics().elidedText(shown, Qt::ElideRight, rect.width()));
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {96, space::rowHeight}; }

int CellDelegate::widthFor(const QAbstractItemModel& model, int column)
{
    const QString title = model.headerData(column, Qt::Horizontal).toString();
    int width = QFontMetrics(ui::font(type::body, QFont::DemiBold)).horizontalAdvance(title) + arrowSize + space::xs;
    const int rows = std::min(model.rowCount(), measuredRows);
    for (int row = 0; row < rows; ++row) {
        const QModelIndex cell = model.index(row, column);
        const QFontMetrics metrics(cellFont(cell));
        int needed = metrics.horizontalAdvance(cell.data().toString());
        needed += cell.data(SwatchRole).isValid() ? swatchSide + space::sm : 0;
        needed += cell.data(BarRole).isValid() ? barRoom + space::sm : 0;
        width = std::max(width, needed);
    }
    return width + 2 * space::md;
}

TableHeader::TableHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setSortIndicatorClearable(false);
    setMinimumSectionSize(48);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

QSize TableHeader::sizeHint() const { return {QHeaderView::sizeHint().width(), space::rowHeight}; }

void TableHeader::paintSection(QPainter* painter, const QRect& rect, int section) const
{
    const Tokens& tokens = tokensFor(this);
    painter->save();
    painter->fillRect(rect, tokens.surface);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.hairline);
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
    QRect inside = rect.adjusted(space::md, 0, -space::md, -1);
    painter->setFont(ui::font(type::body, QFont::DemiBold));
    painter->setPen(sorted ? tokens.text : tokens.secondary);
    const bool right =
        alignmentOf(model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole)) & Qt::AlignRight;
    const int arrowRoom = sorted ? arrowSize + 2 : 0;
    const QString title = painter->fontMetrics().elidedText(model()->headerData(section, Qt::Horizontal).toString(),
                                                            Qt::ElideRight, inside.width() - arrowRoom);
    const int textWidth = painter->fontMetrics().horizontalAdvance(title);
    const int left = right ? inside.right() + 1 - textWidth - arrowRoom : inside.left();
    painter->drawText(QRect(left, inside.top(), textWidth + 1, inside.height()), Qt::AlignLeft | Qt::AlignVCenter,
                      title);
    if (sorted) {
        const QPointF tip(left + textWidth + 2 + arrowSize / 2.0, inside.center().y() + 0.5);
        const double up = sortIndicatorOrder() == Qt::AscendingOrder ? -1 : 1;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.text);
        painter->drawPolygon(
            QPolygonF({tip + QPointF(-4, -2 * up), tip + QPointF(4, -2 * up), tip + QPointF(0, 3 * up)}));
    }
    painter->restore();
}

} // namespace orrery::ui
