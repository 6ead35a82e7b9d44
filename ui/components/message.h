// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QEvent>
#include <QString>

class QWidget;

namespace orrery::ui {

/// A message at the top of the page; never a modal box.
struct Message {
    enum class Kind { Info, Good, Warning, Error } kind = Kind::Info;
    QString text; ///< what, where
    QString hint; ///< what to do; may be empty
};

/// An error as such a message: "where: what", and the way out.
[[nodiscard]] Message messageOf(const Error& failure);

/// How a component that knows no session has something said: the window of the component gets this event.
class MessageEvent : public QEvent {
public:
    explicit MessageEvent(Message message) : QEvent(kind()), m_message(std::move(message)) {}
    [[nodiscard]] static Type kind();
    [[nodiscard]] const Message& message() const { return m_message; }

private:
    Message m_message;
};

/// Says it at the top of the window that `from` is in.
void sayFrom(QWidget* from, const Message& message);

} // namespace orrery::ui
