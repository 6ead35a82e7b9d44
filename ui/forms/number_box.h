// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDoubleSpinBox>
#include <QWheelEvent>

namespace orrery::ui {

/// Scrolling a form must not change the numbers it passes over.
template <class Base> class Unscrolled : public Base {
public:
    using Base::Base;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

/// A number as one would write it: without zeros at its end.
class NumberBox : public Unscrolled<QDoubleSpinBox> {
public:
    using Unscrolled::Unscrolled;
    [[nodiscard]] QString textFromValue(double value) const override { return QString::number(value, 'g', 6); }
};

} // namespace orrery::ui
