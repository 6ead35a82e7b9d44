// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/params/param_set.h"

#include <QWidget>

class QDoubleSpinBox;
class QSlider;

namespace orrery::ui {

/// A slider and a number that move together, of a parameter that is a number.
class NumberSlider : public QWidget {
    Q_OBJECT
public:
    explicit NumberSlider(const ParamSpec& spec, QWidget* parent = nullptr);
    /// Where the slider ends; numbers beyond can still be typed. The parameter's own range unless told.
    void setSliderRange(double low, double high, ParamScale scale);
    void setCompact(); ///< for a row of a list: a narrow number without arrows

    [[nodiscard]] double value() const;
    void setValue(double value); ///< without a signal

signals:
    void changed(double value);
    void settled(); ///< the slider was let go of, or the number typed

private:
    void take(double value);
    [[nodiscard]] double atPosition(int position) const;
    [[nodiscard]] int positionOf(double number) const;

    bool m_whole;
    double m_low, m_high; ///< of the slider
    ParamScale m_scale;
    QSlider* m_slider;
    QDoubleSpinBox* m_number;
};

} // namespace orrery::ui
