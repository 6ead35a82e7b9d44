// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/explore/shelf_row.h"

#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace orrery::ui {

ShelfRow::ShelfRow(const QString& name, QWidget* parent) : QWidget(parent)
{
    setObjectName(name);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::sm);
    m_title = sectionLabel({}, this);
    m_source = new ElidedLabel({}, this);
    setTone(m_source, QStringLiteral("secondary"));
    m_back = iconButton(QStringLiteral("chevron-left"), tr("Back"), this);
    m_on = iconButton(QStringLiteral("chevron-right"), tr("Further"), this);
    head->addWidget(m_title);
    head->addWidget(m_source, 1);
    head->addWidget(m_back);
    head->addWidget(m_on);
    layout->addLayout(head);
    m_note = secondaryLabel({}, this);
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    m_area = new QScrollArea(this);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setWidgetResizable(true);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setFixedHeight(ItemCard::cardHeight);
    auto* strip = new QWidget(m_area);
    m_row = new QHBoxLayout(strip);
    m_row->setContentsMargins({});
    m_row->setSpacing(space::md);
    m_row->addStretch();
    m_area->setWidget(strip);
    for (QWidget* ground : {strip, m_area->viewport()})
        ground->setAutoFillBackground(false);
    layout->addWidget(m_area);
    connect(m_back, &QToolButton::clicked, this, [this] { move(-1); });
    connect(m_on, &QToolButton::clicked, this, [this] { move(1); });
    connect(m_area->horizontalScrollBar(), &QScrollBar::rangeChanged, this, [this] { refreshArrows(); });
    connect(m_area->horizontalScrollBar(), &QScrollBar::valueChanged, this, [this] { refreshArrows(); });
}

void ShelfRow::show(const QString& title, const QString& source, const QString& note,
                    const std::vector<CardFace>& faces)
{
    if (m_title->text() != title)
        m_area->horizontalScrollBar()->setValue(0);
    m_title->setText(title);
    m_source->setFullText(source);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    while (m_cards.size() < faces.size()) {
        auto* card = new ItemCard(m_area->widget());
        card->setObjectName(QStringLiteral("%1.card.%2").arg(objectName()).arg(m_cards.size()));
        m_row->insertWidget(static_cast<int>(m_cards.size()), card);
        connect(card, &ItemCard::done, this, &ShelfRow::done);
        m_cards.push_back(card);
    }
    m_shown = faces.size();
    for (std::size_t i = 0; i < m_cards.size(); ++i) {
        m_cards[i]->setVisible(i < m_shown);
        if (i < m_shown)
            m_cards[i]->setFace(faces[i]);
    }
    m_area->setVisible(m_shown > 0);
    refreshArrows();
}

QString ShelfRow::title() const { return m_title->text(); }

std::vector<ItemIndex> ShelfRow::items() const
{
    std::vector<ItemIndex> items;
    for (std::size_t i = 0; i < m_shown; ++i)
        items.push_back(m_cards[i]->face().item);
    return items;
}

void ShelfRow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    refreshArrows();
}

void ShelfRow::move(int direction)
{
    QScrollBar* bar = m_area->horizontalScrollBar();
    const int card = ItemCard::cardWidth + space::md;
    const int whole = std::max(1, m_area->viewport()->width() / card) * card;
    bar->setValue(bar->value() + direction * whole);
}

void ShelfRow::refreshArrows()
{
    const QScrollBar* bar = m_area->horizontalScrollBar();
    const bool movable = m_shown > 0 && bar->maximum() > 0;
    for (QToolButton* button : {m_back, m_on})
        button->setVisible(movable);
    m_back->setEnabled(bar->value() > 0);
    m_on->setEnabled(bar->value() < bar->maximum());
}

} // namespace orrery::ui
