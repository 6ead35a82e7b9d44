// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>

namespace orrery::cli {

/// How much memory this process takes beyond what it has when the meter is made: the kernel's own high-water mark
/// (Linux), reset by making a meter, so one at a time.
class MemoryMeter {
public:
    MemoryMeter();
    /// Bytes; none where the system does not tell.
    [[nodiscard]] std::optional<std::size_t> mostSinceStart() const;

private:
    std::optional<std::size_t> m_start;
};

} // namespace orrery::cli
