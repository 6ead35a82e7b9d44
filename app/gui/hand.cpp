// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/hand.h"

#include <QAbstractButton>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QLabel>
#include <QMouseEvent>
#include <QTextDocumentFragment>
#include <QTimer>

#include <algorithm>

namespace orrery::ui {
namespace {

constexpr int pollInterval = 20;

QString textOf(const QWidget* widget)
{
    if (const auto* label = qobject_cast<const QLabel*>(widget))
        return label->textFormat() == Qt::RichText || label->text().contains(QStringLiteral("<b>"))
                   ? QTextDocumentFragment::fromHtml(label->text()).toPlainText()
                   : label->text();
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget); button && !button->text().isEmpty())
        return button->text();
    return widget->accessibleName();
}

bool canBePressed(const QWidget* widget)
{
    return widget->isEnabled() &&
           (qobject_cast<const QAbstractButton*>(widget) || widget->focusPolicy() != Qt::NoFocus);
}

void sendMouse(QWidget* widget, QEvent::Type type, QPoint place, Qt::MouseButton button)
{
    QMouseEvent event(type, place, widget->mapToGlobal(QPointF(place)), button,
                      type == QEvent::MouseButtonPress ? button : Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(widget, &event);
}

void wait(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace

QWidget* Hand::pressable(const QString& words) const
{
    const auto widgets = m_window.findChildren<QWidget*>();
    QWidget* best = nullptr;
    for (QWidget* widget : widgets) {
        if (!widget->isVisible() || !canBePressed(widget))
            continue;
        const QString text = textOf(widget);
        if (text == words)
            return widget;
        if (!best && text.contains(words))
            best = widget;
    }
    return best;
}

bool Hand::press(const QString& words)
{
    QWidget* widget = pressable(words);
    if (!widget)
        return false;
    pressAt(widget, widget->rect().center());
    return true;
}

void Hand::pressAt(QWidget* widget, QPoint place)
{
    sendMouse(widget, QEvent::MouseButtonPress, place, Qt::LeftButton);
    sendMouse(widget, QEvent::MouseButtonRelease, place, Qt::LeftButton);
}

void Hand::type(const QString& words)
{
    for (const QChar letter : words) {
        QWidget* focus = QApplication::focusWidget();
        if (!focus)
            return;
        QKeyEvent press(QEvent::KeyPress, 0, Qt::NoModifier, QString(letter));
        QApplication::sendEvent(focus, &press);
        QKeyEvent release(QEvent::KeyRelease, 0, Qt::NoModifier, QString(letter));
        QApplication::sendEvent(focus, &release);
    }
}

void Hand::key(int code, Qt::KeyboardModifiers modifiers)
{
    QWidget* focus = QApplication::focusWidget() ? QApplication::focusWidget() : &m_window;
    QKeyEvent shortcut(QEvent::ShortcutOverride, code, modifiers);
    QApplication::sendEvent(focus, &shortcut);
    QKeyEvent press(QEvent::KeyPress, code, modifiers);
    QApplication::sendEvent(focus, &press);
    QKeyEvent release(QEvent::KeyRelease, code, modifiers);
    QApplication::sendEvent(focus, &release);
}

QStringList Hand::visibleText() const
{
    struct Seen {
        QPoint at;
        QString text;
    };
    std::vector<Seen> seen;
    for (const QWidget* widget : m_window.findChildren<QWidget*>()) {
        const QString text = widget->isVisible() ? textOf(widget) : QString();
        if (!text.isEmpty())
            seen.push_back({widget->mapTo(&m_window, QPoint()), text});
    }
    std::ranges::stable_sort(seen, [](const Seen& a, const Seen& b) {
        return a.at.y() != b.at.y() ? a.at.y() < b.at.y() : a.at.x() < b.at.x();
    });
    QStringList out;
    for (const Seen& one : seen)
        out << one.text;
    return out;
}

QString Hand::textIn(const QWidget* widget) { return textOf(widget); }

bool Hand::sees(const QString& words) const
{
    return std::ranges::any_of(visibleText(), [&](const QString& text) { return text.contains(words); });
}

bool Hand::waitFor(const QString& words, double seconds) const
{
    return waitUntil([&] { return sees(words); }, seconds);
}

bool Hand::waitUntil(const std::function<bool()>& done, double seconds) const
{
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
        if (static_cast<double>(timer.elapsed()) > seconds * 1000)
            return false;
        wait(pollInterval);
    }
    return true;
}

void Hand::settle(int milliseconds) const { wait(milliseconds); }

QWidget* Hand::find(const QString& objectName) const
{
    for (QWidget* widget : m_window.findChildren<QWidget*>(objectName))
        if (widget->isVisible())
            return widget;
    return nullptr;
}

} // namespace orrery::ui
