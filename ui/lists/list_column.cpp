// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/list_column.h"

#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int headHeight = 40;
constexpr int footHeight = 32;
constexpr int swatchSize = 10;

QPixmap swatch(const QColor& colour, qreal ratio)
{
    QPixmap pixmap(QSize(swatchSize, swatchSize) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(0, 0, swatchSize, swatchSize), 3, 3);
    return pixmap;
}

} // namespace

ListColumn::ListColumn(LineCache& lines, QWidget* parent) : QFrame(parent), m_lines(lines)
{
    setProperty("role", "card");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    auto* head = new QWidget(this);
    head->setFixedHeight(headHeight);
    auto* headLayout = new QHBoxLayout(head);
    headLayout->setContentsMargins(space::md, 0, space::md, 0);
    m_swatch = new QLabel(head);
    m_name = new ElidedLabel({}, head);
    m_name->setFont(ui::font(type::body, QFont::DemiBold));
    m_badge = new Badge({}, Badge::Tone::Neutral, head);
    headLayout->addWidget(m_swatch);
    headLayout->addWidget(m_name, 1);
    headLayout->addWidget(m_badge);
    layout->addWidget(head);
    m_area = new QWidget(this);
    layout->addWidget(m_area, 1);
    m_instead = secondaryLabel({}, m_area);
    m_instead->setWordWrap(true);
    m_instead->setAlignment(Qt::AlignCenter);
    m_footer = new ElidedLabel({}, this);
    m_footer->setProperty("tone", "secondary");
    m_footer->setFixedHeight(footHeight);
    m_footer->setContentsMargins(space::md, 0, space::md, 0);
    layout->addWidget(m_footer);
}

int ListColumn::rowsIn(int height) { return std::max(1, (height - heightOf(0)) / space::rowHeight); }
int ListColumn::heightOf(int rows) { return headHeight + footHeight + 2 + rows * space::rowHeight; }

ListRow* ListColumn::makeRow()
{
    auto* row = new ListRow(m_lines, m_area);
    connect(row, &ListRow::clicked, this, &ListColumn::clicked);
    connect(row, &ListRow::moved, this, &ListColumn::rowsMoved);
    return row;
}

void ListColumn::setContent(const ColumnContent& content)
{
    const Tokens& tokens = tokensFor(this);
    m_swatch->setPixmap(
        swatch(tokens.series[static_cast<std::size_t>(content.colour) % tokens.series.size()], devicePixelRatioF()));
    m_name->setFullText(content.name);
    m_badge->setText(content.badge);
    m_badge->setToolTip(content.badgeHelp);
    m_badge->setTone(content.badgeWarns ? Badge::Tone::Warning : Badge::Tone::Neutral);
    m_badge->setVisible(!content.badge.isEmpty());
    m_footer->setFullText(content.footer);
    m_instead->setText(content.instead);
    m_instead->setVisible(!content.instead.isEmpty());
    arrange(content.rows);
}

void ListColumn::arrange(const std::vector<RowContent>& rows)
{
    // Rows whose item stays keep their widget and glide; the others are used again for what is new.
    std::map<ItemIndex, ListRow*> kept;
    std::vector<ListRow*> spare;
    for (const auto& [item, widget] : m_byItem) {
        const bool stays = std::ranges::any_of(rows, [item = item](const RowContent& row) { return row.item == item; });
        if (stays)
            kept[item] = widget;
        else
            spare.push_back(widget);
    }
    for (std::size_t place = 0; place < rows.size(); ++place) {
        const bool stayed = kept.contains(rows[place].item);
        ListRow*& widget = kept[rows[place].item];
        if (!widget && !spare.empty()) {
            widget = spare.back();
            spare.pop_back();
        } else if (!widget) {
            widget = makeRow();
        }
        widget->setContent(rows[place]);
        widget->setSelected(m_selected == rows[place].item);
        widget->resize(m_area->width(), space::rowHeight);
        widget->place(static_cast<int>(place) * space::rowHeight, stayed);
        widget->show();
    }
    for (ListRow* widget : spare)
        widget->deleteLater();
    for (ListRow* widget : spare)
        widget->hide();
    m_byItem = std::move(kept);
    m_rows = rows;
    emit rowsMoved();
}

void ListColumn::setSelectedItem(std::optional<ItemIndex> item)
{
    m_selected = item;
    for (const auto& [held, widget] : m_byItem)
        widget->setSelected(item == held);
}

std::optional<int> ListColumn::rowCentre(ItemIndex item) const
{
    const auto found = m_byItem.find(item);
    if (found == m_byItem.end())
        return std::nullopt;
    const int y = m_area->y() + found->second->y() + space::rowHeight / 2;
    return y < m_area->geometry().bottom() ? std::optional(y) : std::nullopt;
}

ListRow* ListColumn::rowAt(std::size_t place) const
{
    return place < m_rows.size() ? m_byItem.at(m_rows[place].item) : nullptr;
}

void ListColumn::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    for (const auto& [item, widget] : m_byItem)
        widget->resize(m_area->width(), space::rowHeight);
    m_instead->setGeometry(m_area->rect().adjusted(space::xl, space::xl, -space::xl, -space::xl));
    emit rowsMoved();
}

} // namespace orrery::ui
