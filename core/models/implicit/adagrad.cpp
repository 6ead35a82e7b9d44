// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/implicit/adagrad.h"

#include "core/models/implicit/als_kernels.h"

#include <Eigen/Core>

namespace orrery::adagrad {

void move(float* values, float* seen, const float* direction, std::size_t size, float by, const Steps& steps)
{
    using Part = Eigen::Array<float, als::lanes, 1>; // the compiler takes no root of lanes by itself
    using Ref = Eigen::Map<Part, Eigen::Aligned32>;
    for (std::size_t d = 0; d < size; d += als::lanes) {
        Ref value(values + d), square(seen + d);
        const Part slope = by * Eigen::Map<const Part, Eigen::Aligned32>(direction + d) - steps.regularization * value;
        square += slope.square();
        value += steps.rate * slope / square.sqrt();
    }
}

} // namespace orrery::adagrad
