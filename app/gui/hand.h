// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QString>
#include <QStringList>

#include <functional>

class QWidget;

namespace orrery::ui {

/// Works a window as a person would: only mouse and key events go in, only visible text comes out.
class Hand {
public:
    explicit Hand(QWidget& window) : m_window(window) {}

    /// Presses the visible button, row or link whose text or spoken name contains `words`. False when there is none.
    bool press(const QString& words);
    /// Presses into a visible widget at a place of its own.
    void pressAt(QWidget* widget, QPoint place);
    void type(const QString& words);
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    /// All text that can be seen now, top to bottom.
    [[nodiscard]] QStringList visibleText() const;
    /// The visible text of one widget.
    [[nodiscard]] static QString textIn(const QWidget* widget);
    [[nodiscard]] bool sees(const QString& words) const;
    /// Lets the window work until it can be seen. False after `seconds`.
    bool waitFor(const QString& words, double seconds) const;
    bool waitUntil(const std::function<bool()>& done, double seconds) const;
    /// Lets motion and repaints end.
    void settle(int milliseconds = 400) const;

    /// The topmost visible widget with that object name, or null.
    [[nodiscard]] QWidget* find(const QString& objectName) const;

private:
    [[nodiscard]] QWidget* pressable(const QString& words) const;
    QWidget& m_window;
};

} // namespace orrery::ui
