// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace orrery {

/// A dense index that cannot be mixed up with one of another kind. `none` stands for "not there".
template <class Tag> struct Index {
    std::uint32_t value = std::numeric_limits<std::uint32_t>::max();

    static constexpr Index none() { return {}; }
    [[nodiscard]] constexpr bool valid() const { return value != none().value; }
    constexpr auto operator<=>(const Index&) const = default;
};

using UserIndex = Index<struct UserTag>;
using ItemIndex = Index<struct ItemTag>;

} // namespace orrery

template <class Tag> struct std::hash<orrery::Index<Tag>> {
    std::size_t operator()(orrery::Index<Tag> index) const noexcept { return index.value; }
};
