// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace orrery::ui {

/// The line that asks under which name rules are saved.
class SaveLine : public QWidget {
    Q_OBJECT
public:
    explicit SaveLine(QWidget* parent = nullptr);
    /// Comes, or goes where it is there. `inPlace`: the recipe that can be changed itself; empty: none.
    void ask(const QString& name, const QString& inPlace);

signals:
    void nameChosen(const QString& name);
    void changeChosen();

private:
    QLineEdit* m_name;
    QPushButton* m_change;
};

} // namespace orrery::ui
