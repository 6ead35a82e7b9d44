// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/workspace_session.h"

#include <QFrame>

class QLabel;
class QTimer;

namespace orrery::ui {

/// One message at the top of the page. Good news goes by itself; errors stay until they are closed.
class MessageBar : public QFrame {
    Q_OBJECT
public:
    explicit MessageBar(QWidget* parent = nullptr);
    void show(const Message& message);
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_text;
    QLabel* m_hint;
    QTimer* m_timer;
    Message::Kind m_kind = Message::Kind::Info;
};

} // namespace orrery::ui
