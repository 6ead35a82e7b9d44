// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/chance_correction.h"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

constexpr int mostSteps = 100;
constexpr double pseudo = .5, longestStep = 2, closeEnough = 1e-6;

/// How many come true by these chances, and how that grows with the shift.
struct Foretold {
    double sum = 0, slope = 0;
};

Foretold foretold(std::span<const float> margins, double shift)
{
    Foretold out;
    for (const float margin : margins) {
        const double chance = 1 / (1 + std::exp(-static_cast<double>(margin) - shift));
        out.sum += chance;
        out.slope += chance * (1 - chance);
    }
    return out;
}

} // namespace

Result<ChanceCorrection> fitCorrection(std::span<const float> margins, std::span<const float> labels,
                                       const JobContext& job)
{
    if (margins.empty())
        return ChanceCorrection{};
    const auto rows = static_cast<double>(margins.size());
    const auto yes = static_cast<double>(std::ranges::count_if(labels, [](float label) { return label > 0; }));
    const double wanted = (yes + pseudo) * rows / (rows + 2 * pseudo);
    double shift = 0;
    for (int step = 0; step < mostSteps; ++step) {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        const Foretold now = foretold(margins, shift);
        // Far off, where hardly anything changes, steps would be too long.
        const double by = std::clamp((wanted - now.sum) / std::max(now.slope, 1e-9), -longestStep, longestStep);
        shift += by;
        if (std::abs(by) < closeEnough)
            break;
    }
    return ChanceCorrection{static_cast<float>(shift)};
}

} // namespace orrery
