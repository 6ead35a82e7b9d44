// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace orrery {

struct Hasher::State {
    XXH3_state_t* xxh = XXH3_createState();
    ~State() { XXH3_freeState(xxh); }
};

Hasher::Hasher() : m_state(std::make_unique<State>()) { XXH3_128bits_reset(m_state->xxh); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::bytes(std::span<const std::byte> data)
{
    if (!data.empty())
        XXH3_128bits_update(m_state->xxh, data.data(), data.size());
    return *this;
}

Hasher& Hasher::text(std::string_view data)
{
    number(data.size());
    return bytes(std::as_bytes(std::span(data)));
}

Hasher& Hasher::number(std::uint64_t value) { return bytes(std::as_bytes(std::span(&value, 1))); }

std::string Hasher::hex() const
{
    const XXH128_hash_t digest = XXH3_128bits_digest(m_state->xxh);
    return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

std::uint64_t checksum(std::span<const std::byte> data) { return XXH3_64bits(data.data(), data.size()); }

} // namespace orrery
