// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/symmetric_graph.h"

#include <algorithm>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t rowsPerCheck = 4096;

struct Edge {
    std::uint32_t other = 0;
    float weight = 0;
};

/// Who has a row among their neighbours, ascending.
struct Incoming {
    std::vector<std::size_t> starts;
    std::vector<Edge> edges;
};

Incoming turned(const NeighbourGraph& graph, std::span<const float> weights)
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
void append(SymmetricGraph& both, std::span<const Edge> out, std::span<const Edge> in,
            float (*combine)(float there, float back))
{
    auto a = out.begin();
    auto b = in.begin();
    while (a != out.end() || b != in.end()) {
        const bool takeA = b == in.end() || (a != out.end() && a->other <= b->other);
        const bool takeB = a == out.end() || (b != in.end() && b->other <= a->other);
        const std::uint32_t other = takeA ? a->other : b->other;
        const float there = takeA ? (a++)->weight : 0, back = takeB ? (b++)->weight : 0;
        if (const float weight = combine(there, back); weight > 0) {
            both.others.push_back(other);
            both.weights.push_back(weight);
        }
    }
}

} // namespace

Result<SymmetricGraph> symmetrized(const NeighbourGraph& graph, std::span<const float> weights,
                                   float (*combine)(float there, float back), const JobContext& job)
{
    const Incoming in = turned(graph, weights);
    SymmetricGraph both{{0}};
    std::vector<Edge> out(graph.count);
    for (std::size_t row = 0; row < graph.rows(); ++row) {
        if (row % rowsPerCheck == 0)
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
        for (std::size_t i = 0; i < graph.count; ++i)
            out[i] = {graph.othersOf(row)[i], weights[row * graph.count + i]};
        std::ranges::sort(out, {}, &Edge::other);
        append(both, out, std::span(in.edges).subspan(in.starts[row], in.starts[row + 1] - in.starts[row]), combine);
        both.starts.push_back(both.others.size());
    }
    return both;
}

} // namespace orrery
