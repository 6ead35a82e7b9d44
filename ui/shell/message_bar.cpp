// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/message_bar.h"

#include "ui/components/widgets.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QTimer>
#include <QToolButton>

namespace orrery::ui {
namespace {

constexpr int goodNewsStays = 8000;
constexpr int markWidth = 3;

QColor markColour(Message::Kind kind, const Tokens& tokens)
{
    switch (kind) {
    case Message::Kind::Info: return tokens.accent;
    case Message::Kind::Good: return tokens.good;
    case Message::Kind::Warning: return tokens.warn;
    case Message::Kind::Error: return tokens.bad;
    }
    return tokens.accent;
}

} // namespace

MessageBar::MessageBar(QWidget* parent) : QFrame(parent), m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("messageBar"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::lg, space::sm, space::sm, space::sm);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(0);
    m_text = new QLabel(this);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_hint = secondaryLabel({}, this);
    m_hint->setWordWrap(true);
    texts->addWidget(m_text);
    texts->addWidget(m_hint);
    layout->addLayout(texts, 1);
    auto* close = new QToolButton(this);
    close->setIcon(icon(QStringLiteral("close"), this));
    close->setAccessibleName(tr("Close this message"));
    close->setToolTip(tr("Close"));
    close->setAutoRaise(true);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    layout->addWidget(close, 0, Qt::AlignTop);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &QWidget::hide);
    hide();
}

void MessageBar::show(const Message& message)
{
    m_kind = message.kind;
    m_text->setText(message.text);
    m_hint->setText(message.hint);
    m_hint->setVisible(!message.hint.isEmpty());
    m_timer->stop();
    if (message.kind == Message::Kind::Info || message.kind == Message::Kind::Good)
        m_timer->start(goodNewsStays);
    QFrame::show();
    update();
}

QString MessageBar::text() const { return isVisible() ? m_text->text() : QString(); }

void MessageBar::paintEvent(QPaintEvent*)
{
    const Tokens& tokens = tokensFor(this);
    QPainter painter(this);
    painter.fillRect(rect(), tokens.raised);
    painter.fillRect(0, 0, markWidth, height(), markColour(m_kind, tokens));
    painter.setPen(tokens.hairline);
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

} // namespace orrery::ui
