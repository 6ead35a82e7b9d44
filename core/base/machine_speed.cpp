// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine_speed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace orrery {
namespace {

constexpr std::size_t width = 64; // floats of a row
constexpr std::size_t lanes = 16;
constexpr std::size_t rows = 1U << 15; // 8 MB
constexpr std::size_t visits = 1U << 15;
// Others may have the machine for tens of milliseconds: of a tenth of a second, one run is calm.
constexpr double secondsOfRuns = .1;
constexpr double referenceSeconds = 1.0e-3; ///< of one run, on the machine of the catalogue's costs

using Row = std::array<float, width>;

// One step of gradient descent towards the row of a place that follows from the last: reads and writes each row once.
float visitRows(std::vector<Row>& table)
{
    Row own;
    own.fill(0.01F);
    std::uint32_t place = 1;
    float sum = 0;
    for (std::size_t i = 0; i < visits; ++i) {
        place = place * 1664525U + 1013904223U;
        Row& row = table[place >> 17U];
        std::array<float, lanes> parts{}; // independent sums, as vector units want them
        for (std::size_t d = 0; d < width; d += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                parts[lane] += own[d + lane] * row[d + lane];
        const float dot = std::accumulate(parts.begin(), parts.end(), 0.0F);
        const float step = 1e-3F * (1 - dot);
        for (std::size_t d = 0; d < width; ++d) {
            const float mine = own[d];
            own[d] += step * (row[d] - mine);
            row[d] += step * (mine - row[d]);
        }
        sum += dot;
    }
    return sum;
}

double measure()
{
    using Clock = std::chrono::steady_clock;
    Row start;
    start.fill(0.1F);
    std::vector<Row> table(rows, start);
    double quickest = std::numeric_limits<double>::infinity();
    volatile float kept = 0; // so that the work is done
    const auto secondsSince = [](Clock::time_point begin) {
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    for (const auto first = Clock::now(); secondsSince(first) < secondsOfRuns;) {
        const auto begin = Clock::now();
        kept = visitRows(table);
        quickest = std::min(quickest, secondsSince(begin));
    }
    (void)kept;
    return referenceSeconds / std::max(quickest, 1e-9);
}

} // namespace

double machineSpeed()
{
    static const double speed = measure();
    return speed;
}

} // namespace orrery
