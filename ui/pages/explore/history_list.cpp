// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/history_list.h"

#include "ui/components/line_cache.h"
#include "ui/components/text.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmapCache>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int starWidth = 13;
constexpr int starCount = 5;
constexpr int starsWidth = starWidth * starCount;
constexpr int crossWidth = 28;
constexpr int numberWidth = 36; ///< of values that are not shown as stars: "1,000"

bool showsStars(const HistoryModel& model) { return model.rated() && model.high() <= starCount; }

QRect starsOf(const QRect& row) { return {row.left() + space::md, row.top(), starsWidth, row.height()}; }

QRect crossOf(const QRect& row) { return {row.right() - crossWidth + 1, row.top(), crossWidth, row.height()}; }

} // namespace

void HistoryModel::setHistory(std::shared_ptr<const Dataset> dataset, const History& history,
                              const std::set<ItemIndex>& edited)
{
    beginResetModel();
    m_dataset = std::move(dataset);
    m_entries = history;
    m_edited = edited;
    std::ranges::stable_sort(m_entries, [this](const HistoryEntry& a, const HistoryEntry& b) {
        const bool editedA = m_edited.contains(a.item);
        const bool editedB = m_edited.contains(b.item);
        return editedA != editedB ? editedA : a.at > b.at;
    });
    endResetModel();
}

int HistoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const
{
    if (!m_dataset || !index.isValid())
        return {};
    const HistoryEntry& entry = m_entries[static_cast<std::size_t>(index.row())];
    const QString title = text(m_dataset->title(entry.item));
    switch (role) {
    case Qt::DisplayRole: return title;
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(title, rated() ? stars(entry.value, high()) : decimal(double(entry.value), 0));
    case Qt::ToolTipRole: return entry.at == noTime ? title : tr("%1\n%2").arg(title, date(entry.at));
    case ValueRole: return entry.value;
    case ItemRole: return entry.item.value;
    case EditedRole: return m_edited.contains(entry.item);
    default: return {};
    }
}

class HistoryList::Delegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {starsWidth + crossWidth, space::rowHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Tokens& tokens = tokensFor(option.widget);
        painter->save();
        if (option.state.testFlag(QStyle::State_Selected) || index.data(HistoryModel::EditedRole).toBool())
            painter->fillRect(option.rect, tokens.accentSoft);
        painter->setPen(tokens.hairline);
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        const auto* model = static_cast<const HistoryModel*>(index.model());
        const float value = index.data(HistoryModel::ValueRole).toFloat();
        const bool stars = showsStars(*model);
        if (stars)
            paintStars(*painter, starsOf(option.rect), value, tokens);
        else
            paintNumber(*painter, starsOf(option.rect), value, tokens);
        const QRect title =
            option.rect.adjusted(space::md + (stars ? starsWidth : numberWidth) + space::sm, 0, -crossWidth, 0);
        painter->setPen(tokens.text);
        painter->setFont(ui::font(type::body));
        m_lines.draw(*painter, title, Qt::AlignVCenter, index.data().toString());
        painter->setPen(tokens.secondary);
        m_lines.draw(*painter, crossOf(option.rect), Qt::AlignCenter, QStringLiteral("✕"));
        painter->restore();
    }

private:
    mutable LineCache m_lines;

    static void paintNumber(QPainter& painter, const QRect& rect, float value, const Tokens& tokens)
    {
        painter.setPen(tokens.warn);
        painter.drawText(rect, Qt::AlignVCenter,
                         decimal(static_cast<double>(value), value == std::floor(value) ? 0 : 1));
    }

    // Drawn once for each value and theme: ten texts a row would be a third of what painting the page costs.
    static void paintStars(QPainter& painter, const QRect& rect, float value, const Tokens& tokens)
    {
        const qreal ratio = painter.device()->devicePixelRatioF();
        const QString key = QStringLiteral("stars %1 %2 %3 %4")
                                .arg(double(value))
                                .arg(tokens.warn.name())
                                .arg(rect.height())
                                .arg(ratio);
        QPixmap pixmap;
        if (!QPixmapCache::find(key, &pixmap)) {
            pixmap = QPixmap(rect.size() * ratio);
            pixmap.setDevicePixelRatio(ratio);
            pixmap.fill(Qt::transparent);
            QPainter into(&pixmap);
            drawStars(into, QRect(QPoint(), rect.size()), value, tokens);
            into.end();
            QPixmapCache::insert(key, pixmap);
        }
        painter.drawPixmap(rect.topLeft(), pixmap);
    }

    // Half stars are a whole star cut down the middle.
    static void drawStars(QPainter& painter, const QRect& rect, float value, const Tokens& tokens)
    {
        painter.setFont(ui::font(type::body));
        for (int star = 0; star < starCount; ++star) {
            const QRect cell(rect.left() + star * starWidth, rect.top(), starWidth, rect.height());
            const float share = std::clamp(value - static_cast<float>(star), 0.F, 1.F);
            painter.setPen(tokens.hairline);
            painter.drawText(cell, Qt::AlignCenter, QStringLiteral("★"));
            painter.setPen(tokens.warn);
            painter.save();
            painter.setClipRect(
                QRect(cell.left(), cell.top(), static_cast<int>(std::lround(share * starWidth)), cell.height()));
            painter.drawText(cell, Qt::AlignCenter, QStringLiteral("★"));
            painter.restore();
        }
    }
};

HistoryList::HistoryList(QWidget* parent) : QListView(parent)
{
    setModel(&m_model);
    setItemDelegate(new Delegate(this));
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAccessibleName(tr("History: press 1 to 5 to re-rate, Delete to take out"));
}

QRect HistoryList::starsRect(int row) const { return starsOf(visualRect(m_model.index(row))); }

QRect HistoryList::crossRect(int row) const { return crossOf(visualRect(m_model.index(row))); }

void HistoryList::mouseReleaseEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    QListView::mouseReleaseEvent(event);
    if (!index.isValid() || event->button() != Qt::LeftButton)
        return;
    const ItemIndex item = m_model.entry(index.row()).item;
    const QRect row = visualRect(index);
    if (crossOf(row).contains(event->pos()))
        emit removed(item);
    else if (showsStars(m_model) && starsOf(row).contains(event->pos()))
        emit rated(item, static_cast<float>((event->pos().x() - starsOf(row).left()) / starWidth + 1));
    else
        emit opened(item);
}

void HistoryList::mouseMoveEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    const bool active = index.isValid() && (crossOf(visualRect(index)).contains(event->pos()) ||
                                            starsOf(visualRect(index)).contains(event->pos()));
    viewport()->setCursor(active ? Qt::PointingHandCursor : Qt::ArrowCursor);
    QListView::mouseMoveEvent(event);
}

void HistoryList::keyPressEvent(QKeyEvent* event)
{
    const int row = currentIndex().row();
    if (row < 0)
        return QListView::keyPressEvent(event);
    const ItemIndex item = m_model.entry(row).item;
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)
        emit removed(item);
    else if (m_model.rated() && event->key() >= Qt::Key_1 && event->key() <= Qt::Key_5)
        emit rated(item, static_cast<float>(event->key() - Qt::Key_0));
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)
        emit opened(item);
    else
        QListView::keyPressEvent(event);
}

} // namespace orrery::ui
