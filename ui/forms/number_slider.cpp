// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/number_slider.h"

#include "ui/components/text.h"
#include "ui/forms/number_box.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

constexpr int sliderSteps = 1000;
constexpr int numberWidth = 104, compactWidth = 56;
constexpr double smallestLog = 1e-6; // where a logarithmic scale that starts at 0 begins

} // namespace

NumberSlider::NumberSlider(const ParamSpec& spec, QWidget* parent)
    : QWidget(parent), m_whole(spec.type == ParamType::Integer), m_low(spec.low), m_high(spec.high),
      m_scale(spec.scale), m_slider(new Unscrolled<QSlider>(Qt::Horizontal, this)), m_number(new NumberBox(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::sm);
    m_slider->setRange(0, sliderSteps);
    m_slider->setAccessibleName(text(spec.title));
    m_number->setDecimals(m_whole ? 0 : 8);
    m_number->setRange(spec.low, spec.high);
    m_number->setFixedWidth(numberWidth);
    m_number->setStepType(m_whole ? QAbstractSpinBox::DefaultStepType : QAbstractSpinBox::AdaptiveDecimalStepType);
    m_number->setAccessibleName(text(spec.title));
    m_number->setKeyboardTracking(false);
    layout->addWidget(m_slider);
    layout->addWidget(m_number);
    setFocusProxy(m_number);
    connect(m_slider, &QSlider::valueChanged, this, [this](int position) { take(atPosition(position)); });
    connect(m_slider, &QSlider::sliderReleased, this, &NumberSlider::settled);
    connect(m_number, &QDoubleSpinBox::valueChanged, this, &NumberSlider::take);
    connect(m_number, &QDoubleSpinBox::editingFinished, this, &NumberSlider::settled);
}

void NumberSlider::setSliderRange(double low, double high, ParamScale scale)
{
    m_low = low;
    m_high = high;
    m_scale = scale;
    setValue(value());
}

void NumberSlider::setCompact()
{
    m_number->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_number->setFixedWidth(compactWidth);
    m_number->setAlignment(Qt::AlignRight);
    m_number->setProperty("look", "compact");
}

double NumberSlider::value() const { return m_number->value(); }

void NumberSlider::setValue(double value)
{
    const QSignalBlocker quietSlider(m_slider);
    const QSignalBlocker quietNumber(m_number);
    m_number->setValue(value);
    m_slider->setValue(positionOf(value));
}

void NumberSlider::take(double value)
{
    setValue(value);
    emit changed(this->value());
}

double NumberSlider::atPosition(int position) const
{
    const double share = static_cast<double>(position) / sliderSteps;
    double number = m_low + share * (m_high - m_low);
    if (m_scale == ParamScale::Logarithmic) {
        const double low = std::max(m_low, smallestLog);
        number = position == 0 ? m_low : low * std::pow(m_high / low, share);
    }
    if (m_whole)
        return std::round(number);
    // Three significant digits: what a hand on a slider means.
    if (number == 0)
        return 0;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(number))) - 2);
    return std::clamp(std::round(number / unit) * unit, m_low, m_high);
}

int NumberSlider::positionOf(double number) const
{
    number = std::clamp(number, m_low, m_high);
    double share = (number - m_low) / (m_high - m_low);
    if (m_scale == ParamScale::Logarithmic) {
        const double low = std::max(m_low, smallestLog);
        share = number <= low ? 0 : std::log(number / low) / std::log(m_high / low);
    }
    return static_cast<int>(std::lround(share * sliderSteps));
}

} // namespace orrery::ui
