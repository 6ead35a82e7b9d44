// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace orrery::ui {

/// A bar, a name and a number, such as a neighbour and how similar it is. Clicking goes there.
class BarRow : public QAbstractButton {
    Q_OBJECT
public:
    /// `share`: length of the bar, in [0, 1]; `colour`: of the series.
    BarRow(const QString& title, double number, double share, int colour, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void looked(); ///< the mouse or the focus came to it

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    QString m_number;
    double m_share;
    int m_colour;
};

} // namespace orrery::ui
