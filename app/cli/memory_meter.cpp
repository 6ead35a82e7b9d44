// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/memory_meter.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace orrery::cli {
namespace {

// A line of /proc/self/status such as "VmHWM:   1234 kB".
std::optional<std::size_t> statusBytes(const std::string& name)
{
    std::ifstream status("/proc/self/status");
    std::string key;
    std::size_t kilobytes = 0;
    while (status >> key) {
        if (key == name + ':' && status >> kilobytes)
            return kilobytes * 1024;
        std::getline(status, key);
    }
    return std::nullopt;
}

} // namespace

MemoryMeter::MemoryMeter()
{
    constexpr int ownMapping = 128 << 10;
    mallopt(M_MMAP_THRESHOLD, ownMapping); // fixed, so that what earlier work freed leaves no holes to be filled
    malloc_trim(0);                        // what was freed before is not there to be used again
    std::ofstream reset("/proc/self/clear_refs");
    if (reset << "5" << std::flush)
        m_start = statusBytes("VmRSS");
}

std::optional<std::size_t> MemoryMeter::mostSinceStart() const
{
    const auto most = statusBytes("VmHWM");
    if (!most || !m_start)
        return std::nullopt;
    return *most > *m_start ? *most - *m_start : 0;
}

} // namespace orrery::cli
