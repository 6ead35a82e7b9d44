// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace orrery {

/// The error of the first of several results that failed; null when none did.
template <class... Results> [[nodiscard]] const Error* firstError(const Results&... results)
{
    const Error* first = nullptr;
    ((first = first || results ? first : &results.error()), ...);
    return first;
}

} // namespace orrery
