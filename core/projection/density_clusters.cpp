// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/projection/clusters.h"
#include "core/retrieval/hnsw_index.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t mostExactRows = 10'000, rowsPerChunk = 64;
constexpr std::uint32_t none = noCluster;

/// Of each row as many others as there are, nearest first, at these Euclidean distances.
struct Neighbours {
    std::size_t perRow = 0;
    std::vector<std::uint32_t> rows;
    std::vector<float> distances;

    Neighbours(std::size_t count, std::size_t each) : perRow(each), rows(count * each, none), distances(count * each, 0)
    {
    }

    void set(std::size_t row, const std::vector<Near>& near)
    {
        for (std::size_t i = 0; i < near.size(); ++i) {
            rows[row * perRow + i] = near[i].row;
            distances[row * perRow + i] = -near[i].similarity;
        }
    }
};

/// Of length one; a vector of zeros stays.
Matrix directionsOf(MatrixView vectors)
{
    Matrix directions(vectors.rows, vectors.cols);
    for (std::size_t row = 0; row < vectors.rows; ++row) {
        double square = 0;
        for (const float value : vectors.row(row))
            square += static_cast<double>(value) * static_cast<double>(value);
        const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
        std::ranges::transform(vectors.row(row), directions.row(row).begin(),
                               [scale](float value) { return static_cast<float>(static_cast<double>(value) * scale); });
    }
    return directions;
}

Status searchExactly(MatrixView vectors, Neighbours& found, const JobContext& job)
{
    const auto search = ExactSearch::screened(vectors, SpaceMetric::Euclidean, job);
    if (!search)
        return tl::unexpected(search.error());
    for (std::uint32_t row = 0; row < vectors.rows; ++row) {
        const auto near = search->nearest(vectors.row(row), found.perRow, job, row);
        if (!near)
            return tl::unexpected(near.error());
        found.set(row, *near);
    }
    return {};
}

Status searchIndex(MatrixView vectors, Neighbours& found, const JobContext& job)
{
    const auto index = HnswIndex::build(vectors, SpaceMetric::Euclidean, {}, job.part(0, .8));
    if (!index)
        return tl::unexpected(index.error());
    return parallelFor(job, vectors.rows, rowsPerChunk, [&](std::size_t first, std::size_t last) {
        for (auto row = static_cast<std::uint32_t>(first); row < last; ++row)
            found.set(row, index->nearest(vectors.row(row), found.perRow, row));
    });
}

struct Edge {
    float distance = 0; ///< mutual reachability
    float apart = 0; ///< the distance itself: a core distance makes many edges of one row equal, the nearest is first
    std::uint32_t a = 0, b = 0;
};

/// Mutual reachability: no row is nearer to another than either's core distance.
std::vector<Edge> edgesOf(const Neighbours& neighbours, std::size_t coreRows)
{
    const std::size_t each = neighbours.perRow, rows = neighbours.rows.size() / each;
    const auto core = [&](std::size_t row) {
        return coreRows < 2 ? 0 : neighbours.distances[row * each + coreRows - 2];
    };
    std::vector<Edge> edges;
    for (std::uint32_t row = 0; row < rows; ++row)
        for (std::size_t i = row * each; i < (row + 1) * each; ++i)
            if (const std::uint32_t other = neighbours.rows[i]; other != none)
                edges.push_back({std::max({core(row), core(other), neighbours.distances[i]}), neighbours.distances[i],
                                 std::min(row, other), std::max(row, other)});
    std::ranges::sort(edges, [](const Edge& x, const Edge& y) {
        return std::tie(x.distance, x.apart, x.a, x.b) < std::tie(y.distance, y.apart, y.a, y.b);
    });
    return edges;
}

/// Single linkage: rows are nodes 0 .. rows - 1, what is joined is the next node.
class Linkage {
public:
    Linkage(std::size_t rows, const std::vector<Edge>& edges) : m_rows(rows), m_tops(rows), m_sizes(rows, 1)
    {
        std::iota(m_tops.begin(), m_tops.end(), 0U);
        for (const Edge& edge : edges)
            join(topOf(edge.a), topOf(edge.b), edge.distance);
        for (std::uint32_t row = 1; row < rows; ++row)
            join(topOf(0), topOf(row), std::numeric_limits<float>::infinity());
    }

    [[nodiscard]] std::uint32_t root() const { return static_cast<std::uint32_t>(m_sizes.size() - 1); }
    [[nodiscard]] bool isRow(std::uint32_t node) const { return node < m_rows; }
    [[nodiscard]] std::size_t size(std::uint32_t node) const { return m_sizes[node]; }
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> children(std::uint32_t node) const
    {
        return m_children[node - m_rows];
    }
    /// The inverse of the distance at which a node comes apart; of distance 0, that of the least other one.
    [[nodiscard]] double lambda(std::uint32_t node) const
    {
        return 1 /
               static_cast<double>(std::max({m_distances[node - m_rows], m_least, std::numeric_limits<float>::min()}));
    }
    void forRowsOf(std::uint32_t top, const std::function<void(std::uint32_t)>& visit) const
    {
        std::vector<std::uint32_t> open{top};
        while (!open.empty()) {
            const std::uint32_t node = open.back();
            open.pop_back();
            if (isRow(node)) {
                visit(node);
            } else {
                open.push_back(children(node).first);
                open.push_back(children(node).second);
            }
        }
    }

private:
    std::uint32_t topOf(std::uint32_t node)
    {
        while (m_tops[node] != node)
            node = m_tops[node] = m_tops[m_tops[node]];
        return node;
    }

    void join(std::uint32_t a, std::uint32_t b, float distance)
    {
        if (a == b)
            return;
        const auto node = static_cast<std::uint32_t>(m_sizes.size());
        m_tops[a] = m_tops[b] = node;
        m_tops.push_back(node);
        m_sizes.push_back(m_sizes[a] + m_sizes[b]);
        m_children.emplace_back(a, b);
        m_distances.push_back(distance);
        if (distance > 0 && !(m_least > 0))
            m_least = distance; // they ascend
    }

    std::size_t m_rows;
    std::vector<std::uint32_t> m_tops; ///< union-find
    std::vector<std::size_t> m_sizes;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> m_children;
    std::vector<float> m_distances;
    float m_least = 0;
};

/// A cluster of the condensed tree; parents come before their children.
struct Branch {
    std::uint32_t parent = none;
    double birth = 0; ///< lambda at which it parted from its parent
    double stability = 0;
    bool chosen = false;
};

/// The linkage without the splits that leave too few rows: those fall out of the cluster, which goes on.
class CondensedTree {
public:
    CondensedTree(const Linkage& linkage, std::size_t rows, std::size_t fewest)
        : m_linkage(linkage), m_fewest(fewest), m_branches(1), m_leftFrom(rows, 0)
    {
        m_open.push_back({linkage.root(), 0});
        while (!m_open.empty()) {
            const auto [node, branch] = m_open.back();
            m_open.pop_back();
            split(node, branch);
        }
        choose();
    }

    /// The chosen branch that a row is in; none of noise.
    [[nodiscard]] std::uint32_t clusterOf(std::uint32_t row) const
    {
        std::uint32_t branch = m_leftFrom[row];
        while (branch != none && !m_branches[branch].chosen)
            branch = m_branches[branch].parent;
        return branch;
    }
    [[nodiscard]] std::size_t branches() const { return m_branches.size(); }

private:
    struct Open {
        std::uint32_t node = 0, branch = 0;
    };

    void split(std::uint32_t node, std::uint32_t branch)
    {
        if (m_linkage.isRow(node)) {
            m_leftFrom[node] = branch;
            return;
        }
        const double lambda = m_linkage.lambda(node);
        const auto [a, b] = m_linkage.children(node);
        const bool parts = m_linkage.size(a) >= m_fewest && m_linkage.size(b) >= m_fewest;
        for (const std::uint32_t child : {a, b}) {
            if (!parts && m_linkage.size(child) >= m_fewest) {
                m_open.push_back({child, branch});
                continue;
            }
            const auto size = static_cast<double>(m_linkage.size(child));
            m_branches[branch].stability += size * (lambda - m_branches[branch].birth);
            if (parts) {
                m_open.push_back({child, static_cast<std::uint32_t>(m_branches.size())});
                m_branches.push_back({branch, lambda, 0, false});
            } else {
                m_linkage.forRowsOf(child, [&](std::uint32_t row) { m_leftFrom[row] = branch; });
            }
        }
    }

    /// Excess of mass: a branch is chosen where it is at least as stable as the best choice of its descendants.
    void choose()
    {
        std::vector<double> below(m_branches.size(), 0);
        for (std::size_t branch = m_branches.size() - 1; branch > 0; --branch) {
            Branch& at = m_branches[branch];
            at.chosen = at.stability >= below[branch];
            below[at.parent] += std::max(at.stability, below[branch]);
        }
        std::vector<std::uint8_t> inChosen(m_branches.size(), 0);
        for (std::size_t branch = 1; branch < m_branches.size(); ++branch) {
            inChosen[branch] = inChosen[m_branches[branch].parent];
            if (inChosen[branch] != 0)
                m_branches[branch].chosen = false;
            if (m_branches[branch].chosen)
                inChosen[branch] = 1;
        }
    }

    const Linkage& m_linkage;
    std::size_t m_fewest;
    std::vector<Branch> m_branches;
    std::vector<std::uint32_t> m_leftFrom; ///< the branch that each row falls out of
    std::vector<Open> m_open;
};

/// Numbers clusters by size, of equal ones by their first row.
Clusters largestFirst(const CondensedTree& tree, std::size_t rows)
{
    Clusters clusters{0, std::vector<std::uint32_t>(rows)};
    std::vector<std::size_t> sizes(tree.branches(), 0), firsts(tree.branches(), rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t branch = clusters.clusterOf[row] = tree.clusterOf(row);
        if (branch != none && sizes[branch]++ == 0)
            firsts[branch] = row;
    }
    std::vector<std::uint32_t> order, place(tree.branches(), none);
    for (std::uint32_t branch = 0; branch < tree.branches(); ++branch)
        if (sizes[branch] > 0)
            order.push_back(branch);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return sizes[a] != sizes[b] ? sizes[a] > sizes[b] : firsts[a] < firsts[b];
    });
    for (std::uint32_t i = 0; i < order.size(); ++i)
        place[order[i]] = i;
    for (std::uint32_t& cluster : clusters.clusterOf)
        cluster = cluster == none ? none : place[cluster];
    clusters.clusters = order.size();
    return clusters;
}

Status checkConfig(MatrixView vectors, SpaceMetric metric, const DensityClusterConfig& config)
{
    if (metric == SpaceMetric::Dot)
        return error(Code::InvalidArgument, "A dot product is no distance", "Take the cosine or Euclidean distance");
    if (config.fewestRows < 2 || config.neighbours < 1 || config.coreRows < 1 ||
        config.coreRows > config.neighbours + 1)
        return error(Code::InvalidArgument, "The settings of the clusters are out of range",
                     "A cluster has 2 rows or more; core rows are 1 to one more than the neighbours");
    if (!std::ranges::all_of(vectors.all(), [](float value) { return std::isfinite(value); }))
        return error(Code::InvalidArgument, "A vector is not finite");
    return {};
}

} // namespace

Result<Clusters> densityClusters(MatrixView vectors, SpaceMetric metric, const DensityClusterConfig& config,
                                 const JobContext& job)
{
    if (auto fine = checkConfig(vectors, metric, config); !fine)
        return tl::unexpected(fine.error());
    if (vectors.rows < 2 || static_cast<std::size_t>(config.coreRows) > vectors.rows)
        return Clusters{0, std::vector<std::uint32_t>(vectors.rows, noCluster)};
    Matrix directions;
    if (metric == SpaceMetric::Cosine) {
        directions = directionsOf(vectors);
        vectors = directions.view();
    }
    Neighbours neighbours(vectors.rows,
                          std::min<std::size_t>(static_cast<std::size_t>(config.neighbours), vectors.rows - 1));
    const auto searched =
        vectors.rows <= mostExactRows ? searchExactly(vectors, neighbours, job) : searchIndex(vectors, neighbours, job);
    if (!searched)
        return tl::unexpected(searched.error());
    const auto edges = edgesOf(neighbours, static_cast<std::size_t>(config.coreRows));
    if (auto go = job.check(); !go)
        return tl::unexpected(go.error());
    const Linkage linkage(vectors.rows, edges);
    const CondensedTree tree(linkage, vectors.rows, static_cast<std::size_t>(config.fewestRows));
    return largestFirst(tree, vectors.rows);
}

} // namespace orrery
