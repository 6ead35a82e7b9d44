// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace orrery::ui {

/// One of the three doors of Home: an icon, a title, a sentence; the whole of it can be pressed.
class Door : public QAbstractButton {
    Q_OBJECT
public:
    Door(QString iconName, const QString& title, QString words, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon;
    QString m_words;
};

} // namespace orrery::ui
