// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/fuzzy_graph.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t rowsPerChunk = 512;
constexpr double tolerance = 1e-5, leastShare = 1e-3;
constexpr int mostHalvings = 64;

double meanWithItself(std::span<const float> distances, std::size_t rows)
{
    const double sum = std::accumulate(distances.begin(), distances.end(), 0.);
    return sum / static_cast<double>(distances.size() + rows);
}

double smallestAboveZero(std::span<const float> distances)
{
    const auto found = std::ranges::find_if(distances, [](float distance) { return distance > 0; });
    return found == distances.end() ? 0 : static_cast<double>(*found);
}

double sumOfWeights(std::span<const float> distances, double rho, double sigma)
{
    double sum = 0;
    for (const float distance : distances) {
        const double beyond = static_cast<double>(distance) - rho;
        sum += beyond > 0 ? std::exp(-beyond / sigma) : 1;
    }
    return sum;
}

/// By bisection, upwards from 1 until it is found between two.
double sigmaFor(std::span<const float> distances, double rho, double target)
{
    double low = 0, high = std::numeric_limits<double>::infinity(), sigma = 1;
    for (int halving = 0; halving < mostHalvings; ++halving) {
        const double sum = sumOfWeights(distances, rho, sigma);
        if (std::abs(sum - target) < tolerance)
            break;
        (sum > target ? high : low) = sigma;
        sigma = std::isinf(high) ? 2 * sigma : (low + high) / 2;
    }
    return sigma;
}

/// w(j | i), as the graph has the others.
Result<std::vector<float>> directedWeights(const NeighbourGraph& graph, const JobContext& job)
{
    std::vector<float> weights(graph.distances.size());
    const double target = std::log2(static_cast<double>(graph.count + 1));
    const double mean = meanWithItself(graph.distances, graph.rows());
    const auto done = parallelFor(job, graph.rows(), rowsPerChunk, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            const auto distances = graph.distancesOf(row);
            const double rho = smallestAboveZero(distances);
            const double least = leastShare * (rho > 0 ? meanWithItself(distances, 1) : mean);
            const double sigma = std::max(least, sigmaFor(distances, rho, target));
            for (std::size_t i = 0; i < graph.count; ++i) {
                const double beyond = std::max(0., static_cast<double>(distances[i]) - rho);
                weights[row * graph.count + i] = static_cast<float>(beyond > 0 ? std::exp(-beyond / sigma) : 1);
            }
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return weights;
}

} // namespace

Result<SymmetricGraph> fuzzyUnion(const NeighbourGraph& graph, const JobContext& job)
{
    const auto weights = directedWeights(graph, job);
    if (!weights)
        return tl::unexpected(weights.error());
    return symmetrized(
        graph, *weights, [](float there, float back) { return there + back - there * back; }, job);
}

} // namespace orrery
