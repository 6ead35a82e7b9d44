// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluation/metric.h"

#include <cstdint>

namespace orrery {

/// One person's list as far as a ranking metric looks: hits[i] is 1 where place i + 1 is relevant. A list that is
/// shorter than k has no hits past its end.
struct RankedPerson {
    std::span<const std::uint8_t> hits; ///< at most k
    std::size_t relevant = 0;           ///< relevant test items, at least 1
    std::size_t k = 0;
};

/// All lists together, and what training knew.
struct ShownLists {
    std::span<const std::uint32_t> exposure;    ///< by item: how many lists show it in the first k
    std::span<const std::uint32_t> trainPeople; ///< by item: how many people have it in training
    std::size_t people = 0;                     ///< people with anything in training
};

/// How a metric is computed. A rating metric is finish(sum of error(e) / number of ratings), e = predicted - true.
struct MetricFunctions {
    double (*ranking)(const RankedPerson&) = nullptr;
    double (*catalog)(const ShownLists&) = nullptr; ///< NaN when nothing is shown
    double (*error)(double) = nullptr;
    double (*finish)(double) = nullptr;
    double (*unfinish)(double) = nullptr; ///< the inverse of finish
};

/// Of a declaration out of metrics().
[[nodiscard]] ORRERY_API const MetricFunctions& functionsOf(const MetricDeclaration& metric);

} // namespace orrery
