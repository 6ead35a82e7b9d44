// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstddef>
#include <vector>

namespace orrery {

/// Asks the system to put large pages behind memory that is about to be written for the first time. A hint: without
/// effect on what is small, and where there are none.
ORRERY_API void adviseLargePages(void* first, std::size_t bytes);

/// vector.reserve(count), on large pages: to fill hundreds of megabytes page by page takes longer than to work them
/// out. Room that is never used costs no memory.
template <class T> void reserveLarge(std::vector<T>& vector, std::size_t count)
{
    if (count <= vector.capacity())
        return;
    vector.reserve(count);
    adviseLargePages(vector.data(), vector.capacity() * sizeof(T));
}

} // namespace orrery
