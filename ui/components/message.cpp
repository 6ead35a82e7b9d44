// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/message.h"

#include "ui/components/text.h"

#include <QCoreApplication>
#include <QWidget>

namespace orrery::ui {

Message messageOf(const Error& failure)
{
    const std::string what = failure.where.empty() ? failure.message : failure.where + ": " + failure.message;
    return {Message::Kind::Error, text(what), text(failure.hint)};
}

QEvent::Type MessageEvent::kind()
{
    static const auto registered = static_cast<Type>(QEvent::registerEventType());
    return registered;
}

void sayFrom(QWidget* from, const Message& message)
{
    MessageEvent event(message);
    QCoreApplication::sendEvent(from->window(), &event);
}

} // namespace orrery::ui
