// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace orrery {

/// Streaming 128-bit content hash (XXH3): for dataset and protocol identities and checksums, not for secrets.
class ORRERY_API Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    Hasher& bytes(std::span<const std::byte> data);
    /// Length-prefixed, so that "ab","c" and "a","bc" differ.
    Hasher& text(std::string_view data);
    template <class T> Hasher& values(std::span<const T> data) { return bytes(std::as_bytes(data)); }
    Hasher& number(std::uint64_t value);

    /// 32 lower-case hex digits.
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// 64-bit checksum of one chunk, as stored beside it.
[[nodiscard]] ORRERY_API std::uint64_t checksum(std::span<const std::byte> data);

} // namespace orrery
