// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orrery {
struct Algorithm;
}

namespace orrery::ui {

/// The help page of an algorithm as rich text, from its declaration alone: what it does, when to use it, what it needs
/// and cannot do, its parameters with ranges, what it costs, and its paper.
[[nodiscard]] QString helpPage(const Algorithm& algorithm);

} // namespace orrery::ui
