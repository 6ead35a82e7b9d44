// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/hybrids/weight_search.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t cut = 10, peoplePerChunk = 32;
constexpr int steps = 20, mostRounds = 5;

double discount(std::size_t place) { return 1 / std::log2(static_cast<double>(place) + 2); }

/// `weights` with this share for one part; the others keep their proportions.
std::vector<double> withShare(std::span<const double> weights, std::size_t part, double share)
{
    const double others = std::accumulate(weights.begin(), weights.end(), 0.0) - weights[part];
    std::vector<double> out;
    for (std::size_t p = 0; p < weights.size(); ++p)
        out.push_back(p == part    ? share
                      : others > 0 ? weights[p] * (1 - share) / others
                                   : (1 - share) / static_cast<double>(weights.size() - 1));
    return out;
}

} // namespace

double ndcgOf(const PersonRows& person, std::span<const double> weights)
{
    std::vector<double> scores(person.items.size());
    for (std::size_t i = 0; i < scores.size(); ++i)
        for (std::size_t p = 0; p < weights.size(); ++p)
            scores[i] += weights[p] * static_cast<double>(person.row(i)[p]);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t shown = std::min(cut, order.size());
    std::ranges::partial_sort(
        order, order.begin() + static_cast<std::ptrdiff_t>(shown),
        [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
    double gain = 0, ideal = 0;
    for (std::size_t place = 0; place < shown; ++place)
        gain += person.targets[order[place]] > 0 ? discount(place) : 0;
    const auto relevant =
        static_cast<std::size_t>(std::ranges::count_if(person.targets, [](float t) { return t > 0; }));
    for (std::size_t place = 0; place < std::min(cut, relevant); ++place)
        ideal += discount(place);
    return ideal > 0 ? gain / ideal : 0;
}

Result<double> meanNdcg(std::span<const PersonRows> people, std::span<const double> weights, const JobContext& job)
{
    std::vector<double> sums(chunkCount(people.size(), peoplePerChunk), 0.0);
    const auto done = parallelFor(job, people.size(), peoplePerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last; ++n)
            sums[first / peoplePerChunk] += ndcgOf(people[n], weights);
    });
    if (!done)
        return tl::unexpected(done.error());
    return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(people.size());
}

Result<std::vector<double>> searchWeights(std::span<const PersonRows> people, std::size_t parts, const JobContext& job)
{
    std::vector<double> best(parts, 1 / static_cast<double>(parts));
    auto reached = meanNdcg(people, best, job);
    if (!reached)
        return tl::unexpected(reached.error());
    job.measure("held-out NDCG@10", 0, *reached);
    bool moved = parts > 1;
    for (int round = 0; round < mostRounds && moved; ++round) {
        moved = false;
        for (std::size_t part = 0; part < parts; ++part) {
            const std::vector<double> from = best;
            for (int step = 0; step <= steps; ++step) {
                auto tried = withShare(from, part, static_cast<double>(step) / steps);
                const auto found = meanNdcg(people, tried, job);
                if (!found)
                    return tl::unexpected(found.error());
                if (*found > *reached) {
                    reached = found;
                    best = std::move(tried);
                    moved = true;
                }
            }
            const auto searched = static_cast<std::size_t>(round) * parts + part + 1;
            job.measure("held-out NDCG@10", static_cast<double>(searched), *reached);
        }
    }
    return best;
}

} // namespace orrery
