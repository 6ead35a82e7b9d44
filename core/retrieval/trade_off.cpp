// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/trade_off.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery {
namespace {

struct Asked {
    std::uint32_t row = 0;
    std::vector<Near> nearest; ///< exactly
};

Result<std::vector<Asked>> sampleOf(MatrixView vectors, SpaceMetric metric, std::size_t n, std::size_t queries,
                                    const JobContext& job)
{
    const auto search = ExactSearch::screened(vectors, metric, job);
    if (!search)
        return tl::unexpected(search.error());
    Rng rng = job.rng("trade-off.queries");
    std::vector<Asked> sample;
    for (std::size_t q = 0; q < queries; ++q) {
        const auto row = static_cast<std::uint32_t>(rng.below(vectors.rows));
        auto nearest = search->nearest(vectors.row(row), n, job, row);
        if (!nearest)
            return tl::unexpected(nearest.error());
        sample.push_back({row, std::move(*nearest)});
    }
    return sample;
}

/// Of equally near rows any will do: those nobody can tell apart, such as items with the same one rating, are many.
std::size_t foundOf(const Asked& asked, const std::vector<Near>& found)
{
    if (asked.nearest.empty())
        return 0;
    const float least = asked.nearest.back().similarity;
    const float rounding = 1e-5F * std::max(1.F, std::abs(least));
    return static_cast<std::size_t>(
        std::ranges::count_if(found, [&](const Near& near) { return near.similarity >= least - rounding; }));
}

} // namespace

Result<std::vector<TradeOff>> measureTradeOff(const HnswIndex& index, MatrixView vectors, SpaceMetric metric,
                                              std::size_t n, std::size_t queries, std::span<const int> candidates,
                                              const JobContext& job)
{
    if (vectors.rows == 0 || n == 0)
        return error(Code::InvalidArgument, "There is nothing to look for", "Ask for neighbours among vectors");
    const auto sample = sampleOf(vectors, metric, n, queries, job);
    if (!sample)
        return tl::unexpected(sample.error());
    std::vector<TradeOff> out;
    for (const int looked : candidates) {
        std::size_t found = 0, wanted = 0;
        std::chrono::duration<double> spent{0};
        for (const Asked& asked : *sample) {
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
            const auto start = std::chrono::steady_clock::now();
            const auto nearest = index.nearest(vectors.row(asked.row), n, asked.row, looked);
            spent += std::chrono::steady_clock::now() - start;
            found += foundOf(asked, nearest);
            wanted += asked.nearest.size();
        }
        out.push_back({looked, wanted > 0 ? double(found) / double(wanted) : 1,
                       double(sample->size()) / std::max(spent.count(), 1e-9)});
    }
    return out;
}

} // namespace orrery
