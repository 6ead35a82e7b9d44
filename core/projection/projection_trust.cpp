// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/projection_trust.h"

#include "core/base/parallel.h"
#include "core/retrieval/vector_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t slotsPerChunk = 256;

struct Placed {
    float square = 0; ///< of its distance
    std::uint32_t row = 0;
};

constexpr bool isCloser(const Placed& a, const Placed& b)
{
    return a.square != b.square ? a.square < b.square : a.row < b.row;
}

float squareBetween(MapPoint a, MapPoint b) { return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y); }

/// The k nearest others on the map, nearest first.
class MapNeighbours {
public:
    explicit MapNeighbours(std::span<const MapPoint> layout) : m_grid(layout) {}

    /// By the place of points in the grid, so that one is near the one before.
    [[nodiscard]] std::uint32_t rowAt(std::size_t slot) const { return m_grid.ids()[slot]; }

    /// `reach` is where the search begins, and how far it had to look.
    void find(std::uint32_t row, std::size_t k, float& reach, std::vector<Placed>& found) const
    {
        const MapPoint at = m_grid.point(row);
        const MapRect bounds = m_grid.bounds();
        const float widest = std::max(bounds.right - bounds.left, bounds.bottom - bounds.top);
        for (;; reach *= 2) {
            collect(row, at, reach, found);
            const bool everything = !(reach < widest);
            if (found.size() < k && !everything)
                continue;
            const auto last = found.begin() + static_cast<std::ptrdiff_t>(std::min(k, found.size()));
            std::ranges::partial_sort(found, last, isCloser);
            found.erase(last, found.end());
            if (everything || found.back().square <= reach * reach)
                break;
        }
        reach = std::max(1.3F * std::sqrt(found.empty() ? 0 : found.back().square), 1e-6F * widest);
        if (!(reach > 0))
            reach = 1;
    }

    [[nodiscard]] float firstReach() const
    {
        const MapRect bounds = m_grid.bounds();
        const float widest = std::max(bounds.right - bounds.left, bounds.bottom - bounds.top);
        return widest > 0 ? widest / std::sqrt(static_cast<float>(m_grid.size())) : 1;
    }

private:
    void collect(std::uint32_t row, MapPoint at, float reach, std::vector<Placed>& found) const
    {
        found.clear();
        const auto points = m_grid.points();
        const auto ids = m_grid.ids();
        m_grid.visit({at.x - reach, at.y - reach, at.x + reach, at.y + reach},
                     [&](std::size_t first, std::size_t last) {
                         for (std::size_t slot = first; slot < last; ++slot)
                             if (ids[slot] != row)
                                 found.push_back({squareBetween(at, points[slot]), ids[slot]});
                     });
    }

    PointGrid m_grid;
};

/// Sum of r(i, j) - k over the false neighbours of a row.
Result<double> penaltyOf(std::uint32_t row, const std::vector<Placed>& onMap, const ExactSearch& exact,
                         MatrixView vectors, const JobContext& job)
{
    const auto ranked = exact.nearest(vectors.row(row), vectors.rows - 1, job, row);
    if (!ranked)
        return tl::unexpected(ranked.error());
    std::vector<std::uint32_t> ranks(vectors.rows);
    for (std::size_t i = 0; i < ranked->size(); ++i)
        ranks[(*ranked)[i].row] = static_cast<std::uint32_t>(i + 1);
    double sum = 0;
    for (const Placed& placed : onMap)
        sum += std::max(0., static_cast<double>(ranks[placed.row]) - static_cast<double>(onMap.size()));
    return sum;
}

std::vector<std::uint32_t> sampled(std::size_t rows, std::size_t sample, const JobContext& job)
{
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0U);
    if (sample == 0 || sample >= rows)
        return all;
    Rng rng = job.rng("projection.trust");
    for (std::size_t i = 0; i < sample; ++i)
        std::swap(all[i], all[i + rng.below(rows - i)]);
    all.resize(sample);
    return all;
}

} // namespace

Result<double> trustworthiness(MatrixView vectors, SpaceMetric metric, std::span<const MapPoint> layout, std::size_t k,
                               std::size_t sample, const JobContext& job)
{
    if (layout.size() != vectors.rows)
        return error(Code::InvalidArgument,
                     fmt::format("The layout has {} points for {} vectors", layout.size(), vectors.rows));
    if (k == 0 || 2 * k >= vectors.rows)
        return error(Code::InvalidArgument, fmt::format("{} neighbours of {} vectors tell nothing", k, vectors.rows),
                     "Ask for at least one and less than half of them");
    const MapNeighbours map(layout);
    const ExactSearch exact(vectors, metric);
    const auto rows = sampled(vectors.rows, sample, job);
    std::vector<Placed> onMap;
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        float reach = map.firstReach();
        map.find(rows[i], k, reach, onMap);
        const auto penalty = penaltyOf(rows[i], onMap, exact, vectors, job);
        if (!penalty)
            return tl::unexpected(penalty.error());
        sum += *penalty;
        job.progress(static_cast<double>(i + 1) / static_cast<double>(rows.size()), "comparing with the vectors");
    }
    const auto n = static_cast<double>(vectors.rows), near = static_cast<double>(k);
    return 1 - sum * 2 / (static_cast<double>(rows.size()) * near * (2 * n - 3 * near - 1));
}

Result<std::vector<float>> keptNeighbours(const NeighbourGraph& graph, std::span<const MapPoint> layout,
                                          const JobContext& job)
{
    if (layout.size() != graph.rows())
        return error(Code::InvalidArgument,
                     fmt::format("The layout has {} points for {} vectors", layout.size(), graph.rows()));
    const MapNeighbours map(layout);
    std::vector<float> kept(layout.size());
    const auto done = parallelFor(job, layout.size(), slotsPerChunk, [&](std::size_t first, std::size_t last) {
        float reach = map.firstReach();
        std::vector<Placed> onMap;
        for (std::size_t slot = first; slot < last; ++slot) {
            const std::uint32_t row = map.rowAt(slot);
            map.find(row, graph.count, reach, onMap);
            const auto both = std::ranges::count_if(graph.othersOf(row), [&](std::uint32_t other) {
                return std::ranges::find(onMap, other, &Placed::row) != onMap.end();
            });
            kept[row] = static_cast<float>(both) / static_cast<float>(graph.count);
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    return kept;
}

} // namespace orrery
