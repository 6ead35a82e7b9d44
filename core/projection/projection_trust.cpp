// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/projection_trust.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t lanes = 16, slotsPerChunk = 256;

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

// Fixed lanes: the compiler may use vectors, and the sum does not depend on which.
template <class Term> float sumOf(std::span<const float> a, std::span<const float> b, const Term& term)
{
    std::array<float, lanes> sums{};
    std::size_t d = 0;
    for (; d + lanes <= a.size(); d += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += term(a[d + lane], b[d + lane]);
    for (std::size_t lane = 0; d < a.size(); ++d, ++lane)
        sums[lane] += term(a[d], b[d]);
    return std::accumulate(sums.begin(), sums.end(), 0.F);
}

/// How near all rows are to one, in the order of its neighbours: larger is nearer.
class Nearness {
public:
    Nearness(MatrixView vectors, SpaceMetric metric) : m_vectors(vectors), m_metric(metric)
    {
        for (std::size_t row = 0; row < vectors.rows && metric == SpaceMetric::Cosine; ++row) {
            const float square = product(row, row);
            m_scales.push_back(square > 0 ? 1 / std::sqrt(square) : 0);
        }
    }

    void measure(std::size_t from, std::vector<float>& all) const
    {
        for (std::size_t row = 0; row < m_vectors.rows; ++row)
            all[row] = m_metric == SpaceMetric::Euclidean ? -squareBetween(from, row)
                       : m_metric == SpaceMetric::Cosine  ? product(from, row) * m_scales[row]
                                                          : product(from, row);
    }

private:
    [[nodiscard]] float product(std::size_t a, std::size_t b) const
    {
        return sumOf(m_vectors.row(a), m_vectors.row(b), [](float x, float y) { return x * y; });
    }
    [[nodiscard]] float squareBetween(std::size_t a, std::size_t b) const
    {
        return sumOf(m_vectors.row(a), m_vectors.row(b), [](float x, float y) { return (x - y) * (x - y); });
    }

    MatrixView m_vectors;
    SpaceMetric m_metric;
    std::vector<float> m_scales;
};

/// r(i, j): counted, as sorting all rows for a few of them would take longer.
std::size_t rankOf(std::uint32_t other, std::uint32_t row, const std::vector<float>& nearness)
{
    const float near = nearness[other];
    std::uint32_t before = 0;
    for (std::size_t at = 0; at < nearness.size(); ++at)
        before += static_cast<std::uint32_t>(nearness[at] > near);
    for (std::size_t at = 0; at < other; ++at)
        before += static_cast<std::uint32_t>(nearness[at] == near);
    const bool itself = nearness[row] > near || (nearness[row] == near && row < other);
    return before + 1 - static_cast<std::size_t>(itself);
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
    const Nearness nearness(vectors, metric);
    const auto rows = sampled(vectors.rows, sample, job);
    std::vector<double> penalties(rows.size());
    std::atomic<std::size_t> compared{0};
    const auto done = parallelFor(job, rows.size(), 1, [&](std::size_t i, std::size_t) {
        std::vector<Placed> onMap;
        std::vector<float> all(vectors.rows);
        float reach = map.firstReach();
        map.find(rows[i], k, reach, onMap);
        nearness.measure(rows[i], all);
        for (const Placed& placed : onMap)
            if (const std::size_t rank = rankOf(placed.row, rows[i], all); rank > k)
                penalties[i] += static_cast<double>(rank - k);
        job.progress(static_cast<double>(++compared) / static_cast<double>(rows.size()), "comparing with the vectors");
    });
    if (!done)
        return tl::unexpected(done.error());
    const double sum = std::accumulate(penalties.begin(), penalties.end(), 0.);
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
