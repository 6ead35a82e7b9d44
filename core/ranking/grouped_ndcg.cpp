// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/gbdt.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

/// The sum over places from `first` to before `last` (from 0), as far as they are among the first k.
double discounts(std::size_t first, std::size_t last, std::size_t k)
{
    double sum = 0;
    for (std::size_t place = first; place < std::min(last, k); ++place)
        sum += 1 / std::log2(static_cast<double>(place) + 2);
    return sum;
}

double gainOf(float label) { return std::exp2(static_cast<double>(std::clamp(label, 0.F, 4.F))) - 1; }

/// DCG of labels in the order of `scores`; what is level shares its places.
double gained(std::span<const float> scores, std::span<const float> labels, std::size_t k)
{
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
    double sum = 0;
    for (std::size_t first = 0; first < std::min(order.size(), k);) {
        std::size_t last = first;
        double gain = 0;
        for (; last < order.size() && scores[order[last]] == scores[order[first]]; ++last)
            gain += gainOf(labels[order[last]]);
        sum += gain / static_cast<double>(last - first) * discounts(first, last, k);
        first = last;
    }
    return sum;
}

} // namespace

double groupedNdcg(std::span<const float> scores, std::span<const float> labels,
                   std::span<const std::uint32_t> groupStarts, std::size_t k)
{
    double sum = 0;
    std::size_t groups = 0;
    for (std::size_t g = 0; g + 1 < groupStarts.size(); ++g) {
        const std::size_t first = groupStarts[g], count = groupStarts[g + 1] - first;
        const auto ofGroup = labels.subspan(first, count);
        const double best = gained(ofGroup, ofGroup, k);
        if (best <= 0)
            continue;
        sum += gained(scores.subspan(first, count), ofGroup, k) / best;
        ++groups;
    }
    return groups == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(groups);
}

} // namespace orrery
