// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/fuzzy_graph.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t rowsPerChunk = 512, rowsPerCheck = 4096;
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

struct Edge {
    std::uint32_t other = 0;
    float weight = 0;
};

/// Who has a row among their neighbours, ascending.
struct Incoming {
    std::vector<std::size_t> starts;
    std::vector<Edge> edges;
};

Incoming turned(const NeighbourGraph& graph, const std::vector<float>& weights)
{
    Incoming in{std::vector<std::size_t>(graph.rows() + 1), std::vector<Edge>(graph.others.size())};
    for (const std::uint32_t other : graph.others)
        ++in.starts[other + 1];
    std::partial_sum(in.starts.begin(), in.starts.end(), in.starts.begin());
    auto next = in.starts;
    for (std::size_t edge = 0; edge < graph.others.size(); ++edge)
        in.edges[next[graph.others[edge]]++] = {static_cast<std::uint32_t>(edge / graph.count), weights[edge]};
    return in;
}

/// Appends the union of two ascending lists.
void append(FuzzyGraph& fuzzy, std::span<const Edge> out, std::span<const Edge> in)
{
    auto a = out.begin();
    auto b = in.begin();
    while (a != out.end() || b != in.end()) {
        const bool takeA = b == in.end() || (a != out.end() && a->other <= b->other);
        const bool takeB = a == out.end() || (b != in.end() && b->other <= a->other);
        const std::uint32_t other = takeA ? a->other : b->other;
        const float there = takeA ? (a++)->weight : 0, back = takeB ? (b++)->weight : 0;
        if (const float weight = there + back - there * back; weight > 0) {
            fuzzy.others.push_back(other);
            fuzzy.weights.push_back(weight);
        }
    }
}

} // namespace

Result<FuzzyGraph> fuzzyUnion(const NeighbourGraph& graph, const JobContext& job)
{
    const auto weights = directedWeights(graph, job);
    if (!weights)
        return tl::unexpected(weights.error());
    const Incoming in = turned(graph, *weights);
    FuzzyGraph fuzzy{{0}};
    std::vector<Edge> out(graph.count);
    for (std::size_t row = 0; row < graph.rows(); ++row) {
        if (row % rowsPerCheck == 0)
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
        for (std::size_t i = 0; i < graph.count; ++i)
            out[i] = {graph.othersOf(row)[i], (*weights)[row * graph.count + i]};
        std::ranges::sort(out, {}, &Edge::other);
        append(fuzzy, out, std::span(in.edges).subspan(in.starts[row], in.starts[row + 1] - in.starts[row]));
        fuzzy.starts.push_back(fuzzy.others.size());
    }
    return fuzzy;
}

} // namespace orrery
