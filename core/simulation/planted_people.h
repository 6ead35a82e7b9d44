// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"

#include <string_view>

namespace orrery {

/// Who somebody is: an age from 13 to 85 with most between 18 and 40, a gender, an occupation that fits the age.
struct Who {
    int age = 0;
    char gender = 'F'; ///< F, M or X
    std::string_view occupation;
};
[[nodiscard]] Who drawWho(Rng& rng);

/// An hour of the day, UTC: most often in the evening.
[[nodiscard]] int drawHour(Rng& rng);

} // namespace orrery
