// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <array>

namespace orrery::ui {

/// Sizes of the look, in device-independent pixels. No size is written anywhere else.
namespace space {
inline constexpr int xs = 4, sm = 8, md = 12, lg = 16, xl = 24, xxl = 32;
inline constexpr int radius = 6, rowHeight = 32, railWidth = 76, headerHeight = 48, inspectorWidth = 296,
                     stripHeight = 32;
} // namespace space

/// Pixel sizes of type.
namespace type {
inline constexpr int pageTitle = 22, section = 15, body = 13, secondary = 12;
} // namespace type

/// The colours of one theme. No colour is written anywhere else.
struct Tokens {
    QColor window, surface, raised;
    QColor hairline, strongLine;
    QColor text, secondary, disabled;
    QColor accent, accentSoft;
    QColor good, warn, bad;
    std::array<QColor, 8> series; ///< colour-blind safe; never carry text

    [[nodiscard]] static const Tokens& light();
    [[nodiscard]] static const Tokens& dark();
};

} // namespace orrery::ui
