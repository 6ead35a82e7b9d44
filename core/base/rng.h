// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace orrery {

/// The seed of a named stream ("als.init") under a run's seed: streams do not disturb one another.
[[nodiscard]] ORRERY_API std::uint64_t seedFor(std::uint64_t seed, std::string_view stream);

/// xoshiro256++ (Blackman & Vigna 2019) with our own distributions: the standard ones differ between libraries.
class ORRERY_API Rng {
public:
    explicit Rng(std::uint64_t seed);

    [[nodiscard]] std::uint64_t next();
    /// Uniform in [0, 1), 53 bits.
    [[nodiscard]] double uniform();
    /// Uniform in [0, n) without bias (Lemire 2019); n >= 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t n);
    /// Standard normal (Marsaglia's polar method).
    [[nodiscard]] double normal();

    template <class T> void shuffle(std::span<T> values)
    {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(i)]);
    }

private:
    std::array<std::uint64_t, 4> m_state{};
    double m_spareNormal = 0;
    bool m_hasSpare = false;
};

} // namespace orrery
