// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// Append-only names of things: raw ids (any text) to dense indices 0, 1, ... in order of first appearance.
class ORRERY_API Vocabulary {
public:
    Vocabulary() = default;
    /// Index of `id`, added when new. O(1).
    std::uint32_t add(std::string_view id);
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const;
    /// `index` < size(). The view lives as long as this vocabulary is not added to.
    [[nodiscard]] std::string_view name(std::uint32_t index) const;
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(m_ends.size()); }
    [[nodiscard]] bool empty() const { return m_ends.empty(); }
    void reserve(std::size_t ids);

private:
    void grow(std::size_t slots);
    [[nodiscard]] std::size_t slotOf(std::string_view id) const;

    std::string m_text;                 // all names, one after the other
    std::vector<std::uint64_t> m_ends;  // end of each in m_text
    std::vector<std::uint32_t> m_slots; // open addressing, index + 1, 0 is free
};

} // namespace orrery
