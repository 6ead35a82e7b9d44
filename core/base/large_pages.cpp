// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/large_pages.h"

#ifdef __linux__
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace orrery {

void adviseLargePages([[maybe_unused]] void* first, [[maybe_unused]] std::size_t bytes)
{
#ifdef __linux__
    constexpr std::size_t worthIt = std::size_t{8} << 20;
    if (bytes < worthIt)
        return;
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(first) % page) % page;
    // Only whole pages of this memory; what the system answers changes nothing.
    (void)madvise(static_cast<std::byte*>(first) + before, (bytes - before) / page * page, MADV_HUGEPAGE);
#endif
}

} // namespace orrery
