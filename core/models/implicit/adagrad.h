// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

/// Adagrad (Duchi, Hazan & Singer, JMLR 2011): steps of gradient descent in which each coordinate has its own size,
/// the rate through the root of what its squared slopes have added up to.
namespace orrery::adagrad {

struct Steps {
    float rate = 0;
    float regularization = 0;
};

/// Rows padded with zeros to whole als::lanes, and what has been seen of each coordinate, from 1 on.
struct Vectors {
    Matrix values, seen;

    Vectors(std::size_t rows, std::size_t stride) : values(rows, stride), seen(rows, stride)
    {
        std::ranges::fill(seen.all(), 1.F);
    }
    [[nodiscard]] float* row(std::size_t r) { return values.row(r).data(); }
    [[nodiscard]] float* seenOf(std::size_t r) { return seen.row(r).data(); }
};

inline void move(float& value, float& seen, float slope, const Steps& steps)
{
    slope -= steps.regularization * value;
    seen += slope * slope;
    value += steps.rate * slope / std::sqrt(seen);
}

/// `by` along `direction`. `size`: a multiple of als::lanes; all are aligned to 32 bytes.
void move(float* values, float* seen, const float* direction, std::size_t size, float by, const Steps& steps);

inline void prefetch(const float* row, std::size_t size)
{
    for (std::size_t d = 0; d < size; d += 16)
        __builtin_prefetch(row + d);
}

} // namespace orrery::adagrad
