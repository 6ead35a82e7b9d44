// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/projection/misplaced.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/neighbour_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t neighboursAsked = 20, sampled = 1000, mostAround = 3, pointsPerTask = 64;
constexpr double unlikely = .05, shareOfSearch = .8;

/// Tags of the points of a map, each row ascending.
class PointTags {
public:
    PointTags(const ItemMap& map, const TagColumn& tags)
    {
        for (const ItemIndex item : map.items) {
            const auto row = tags.row(item.value);
            m_tags.insert(m_tags.end(), row.begin(), row.end());
            std::sort(m_tags.begin() + static_cast<std::ptrdiff_t>(m_starts.back()), m_tags.end());
            m_starts.push_back(m_tags.size());
        }
    }
    [[nodiscard]] std::span<const std::uint32_t> of(std::size_t point) const
    {
        return std::span(m_tags).subspan(m_starts[point], m_starts[point + 1] - m_starts[point]);
    }
    [[nodiscard]] bool share(std::size_t a, std::size_t b) const
    {
        const auto first = of(a), second = of(b);
        for (auto x = first.begin(), y = second.begin(); x != first.end() && y != second.end();) {
            if (*x == *y)
                return true;
            *x < *y ? ++x : ++y;
        }
        return false;
    }

private:
    std::vector<std::size_t> m_starts{0};
    std::vector<std::uint32_t> m_tags;
};

std::vector<std::uint32_t> drawn(std::size_t points)
{
    std::vector<std::uint32_t> all(points);
    std::iota(all.begin(), all.end(), 0U);
    if (points <= sampled)
        return all;
    Rng rng(seedFor(1, "map.misplaced"));
    for (std::size_t i = 0; i < sampled; ++i)
        std::swap(all[i], all[i + rng.below(static_cast<std::uint32_t>(points - i))]);
    all.resize(sampled);
    return all;
}

/// P(X <= k) of n draws with chance p each.
double atMost(std::uint32_t k, std::size_t n, double p)
{
    if (p >= 1)
        return k >= n ? 1 : 0;
    double term = std::pow(1 - p, static_cast<double>(n)), sum = term;
    for (std::uint32_t i = 0; i < k; ++i) {
        term *= static_cast<double>(n - i) / static_cast<double>(i + 1) * p / (1 - p);
        sum += term;
    }
    return std::min(sum, 1.0);
}

/// Those of a point's neighbours, the most frequent first, of equal ones the lower.
std::vector<std::uint32_t> tagsAround(const PointTags& tags, std::span<const std::uint32_t> others)
{
    std::map<std::uint32_t, int> counts;
    for (const std::uint32_t other : others)
        for (const std::uint32_t tag : tags.of(other))
            ++counts[tag];
    std::vector<std::pair<int, std::uint32_t>> order;
    order.reserve(counts.size());
    for (const auto& [tag, count] : counts)
        order.emplace_back(-count, tag);
    std::ranges::sort(order);
    std::vector<std::uint32_t> around;
    for (std::size_t i = 0; i < std::min(order.size(), mostAround); ++i)
        around.push_back(order[i].second);
    return around;
}

/// How alike a point and its neighbours are.
Misplaced lookAt(std::uint32_t point, const PointTags& tags, const NeighbourGraph& graph,
                 std::span<const std::uint32_t> sample)
{
    Misplaced found;
    const auto others = graph.othersOf(point);
    found.alike = static_cast<std::uint32_t>(
        std::ranges::count_if(others, [&](std::uint32_t other) { return tags.share(point, other); }));
    std::size_t alikeDrawn = 0, otherDrawn = 0;
    for (const std::uint32_t other : sample)
        if (other != point) {
            ++otherDrawn;
            alikeDrawn += tags.share(point, other) ? 1 : 0;
        }
    found.share = otherDrawn == 0 ? 0 : static_cast<double>(alikeDrawn) / static_cast<double>(otherDrawn);
    found.chance = atMost(found.alike, others.size(), found.share);
    return found;
}

} // namespace

Result<Misplacement> misplacedItems(const ItemMap& map, const TagColumn& tags, const JobContext& job)
{
    const Matrix rows = vectorsOf(map);
    const auto graph = nearestNeighbours(rows.view(), map.space.metric, neighboursAsked, job.part(0, shareOfSearch));
    if (!graph)
        return tl::unexpected(graph.error());
    const PointTags pointTags(map, tags);
    const auto sample = drawn(map.items.size());
    Misplacement out{graph->count, std::vector<float>(map.points.size(), std::numeric_limits<float>::quiet_NaN()), {}};
    if (graph->count == 0)
        return out;
    std::vector<Misplaced> all(map.items.size());
    const JobContext walk = job.part(shareOfSearch, 1);
    const auto walked = parallelFor(walk, map.items.size(), pointsPerTask, [&](std::size_t begin, std::size_t end) {
        for (std::size_t point = begin; point < end; ++point)
            if (!pointTags.of(point).empty())
                all[point] = lookAt(static_cast<std::uint32_t>(point), pointTags, *graph, sample);
    });
    if (!walked)
        return tl::unexpected(walked.error());
    for (std::size_t point = 0; point < all.size(); ++point) {
        if (pointTags.of(point).empty())
            continue;
        Misplaced& one = all[point];
        one.item = map.items[point];
        out.alike[one.item.value] = static_cast<float>(one.alike) / static_cast<float>(graph->count);
        if (one.chance > unlikely)
            continue;
        one.around = tagsAround(pointTags, graph->othersOf(point));
        out.worst.push_back(std::move(one));
    }
    std::ranges::stable_sort(out.worst, {}, &Misplaced::chance);
    return out;
}

} // namespace orrery
