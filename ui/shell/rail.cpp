// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rail.h"

#include "ui/theme/theme.h"

#include <QEvent>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace orrery::ui {
namespace {

constexpr int iconSize = 20;
constexpr int logoSize = 36;
constexpr QSize entrySize(60, 56);

} // namespace

Rail::Rail(const std::vector<PageEntry>& entries, QWidget* parent) : QWidget(parent)
{
    setFixedWidth(space::railWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::sm, space::lg + logoSize, space::sm, space::lg);
    layout->setSpacing(space::xs);
    layout->addSpacing(space::md);
    for (const PageEntry& entry : entries) {
        auto* button = new QToolButton(this);
        button->setObjectName("rail." + entry.id);
        button->setText(entry.title);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize({iconSize, iconSize});
        button->setFixedSize(entrySize);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAutoExclusive(true);
        button->setProperty("role", "rail");
        connect(button, &QToolButton::clicked, this, [this, id = entry.id] { emit chosen(id); });
        layout->addWidget(button, 0, Qt::AlignHCenter);
        m_entries[entry.id] = {button, entry.icon};
    }
    layout->addStretch();
    refreshIcons();
}

void Rail::setCurrent(const QString& page)
{
    if (const auto found = m_entries.find(page); found != m_entries.end())
        found->second.button->setChecked(true);
    refreshIcons();
}

void Rail::refreshIcons()
{
    const Tokens& tokens = tokensFor(this);
    for (const auto& [id, entry] : m_entries) {
        const QColor colour = entry.button->isChecked() ? tokens.accent : tokens.secondary;
        entry.button->setIcon(QIcon(iconPixmap(entry.icon, colour, iconSize, devicePixelRatioF())));
    }
}

void Rail::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        refreshIcons();
    QWidget::changeEvent(event);
}

void Rail::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.fillRect(rect(), tokens.surface);
    painter.setPen(tokens.hairline);
    painter.drawLine(width() - 1, 0, width() - 1, height());
    const QPixmap logo = iconPixmap(QStringLiteral("logo"), tokens.text, logoSize, devicePixelRatioF());
    painter.drawPixmap((width() - logoSize) / 2, space::md, logo);
}

} // namespace orrery::ui
