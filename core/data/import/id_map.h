// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/vocabulary.h"

#include <limits>
#include <string_view>
#include <vector>

namespace orrery::reading {

/// A vocabulary in the making, with a table for ids that are plain whole numbers: one load an event instead of a hash.
class IdMap {
public:
    /// Plain numbers from here on are looked up as text: the table takes at most 64 MB.
    static constexpr std::uint32_t numberLimit = 1U << 24;

    [[nodiscard]] std::uint32_t add(std::string_view id) { return m_names.add(id); }
    [[nodiscard]] std::uint32_t add(std::uint32_t number)
    {
        if (number < m_byNumber.size() && m_byNumber[number] != none)
            return m_byNumber[number];
        return addNumber(number);
    }
    [[nodiscard]] const Vocabulary& names() const { return m_names; }
    [[nodiscard]] Vocabulary take();

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t addNumber(std::uint32_t number);

    Vocabulary m_names;
    std::vector<std::uint32_t> m_byNumber;
};

} // namespace orrery::reading
