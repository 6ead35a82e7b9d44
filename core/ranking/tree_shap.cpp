// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/tree_ensemble.h"

#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace orrery {
namespace {

/// Gauss-Legendre on [0, 1]: exact for polynomials of degree 2 n - 1.
template <std::size_t n> struct Quadrature {
    std::array<double, n> at{}, weight{};

    Quadrature()
    {
        for (std::size_t i = 0; i < n; ++i) {
            double x = std::cos(std::numbers::pi * (static_cast<double>(i) + .75) / (static_cast<double>(n) + .5)),
                   slope = 1;
            for (int step = 0; step < 50; ++step) { // Newton; five do
                const auto [value, derivative] = legendre(x);
                slope = derivative;
                x -= value / derivative;
            }
            at[i] = (1 + x) / 2;
            weight[i] = 1 / ((1 - x * x) * slope * slope);
        }
    }

    /// The Legendre polynomial of degree n and its derivative.
    static std::pair<double, double> legendre(double x)
    {
        double before = 1, value = x;
        for (std::size_t k = 2; k <= n; ++k) {
            const auto degree = static_cast<double>(k);
            const double next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
            before = value;
            value = next;
        }
        return {value, static_cast<double>(n) * (x * value - before) / (x * x - 1)};
    }
};

struct FourPlaces { // degree 7: trees of depth 8
    static constexpr std::size_t count = 4;
    using Lanes __attribute__((vector_size(count * sizeof(double)))) = double;
};

struct EightPlaces { // degree 15
    static constexpr std::size_t count = 8;
    using Lanes __attribute__((vector_size(count * sizeof(double)))) = double;
};

/// Walks a tree with the products of contributions() at some places of t. All of a row's trees share the scratch.
template <class Places> class Walk {
public:
    using Lanes = typename Places::Lanes; ///< one for each place of t

    explicit Walk(std::span<const float> row) : m_row(row), m_path(row.size()), m_sums(row.size())
    {
        for (std::size_t q = 0; q < Places::count; ++q)
            m_t[q] = m_quadrature.at[q];
    }

    void add(std::span<const TreeNode> tree, std::span<const std::uint32_t> left)
    {
        m_tree = tree;
        m_left = left;
        const Lanes product = Lanes{} + 1;
        Lanes below;
        if (tree.front().feature != TreeNode::leaf)
            split(0, product, below);
    }

    [[nodiscard]] double sum(std::size_t feature) const
    {
        double sum = 0;
        for (std::size_t q = 0; q < Places::count; ++q)
            sum += m_quadrature.weight[q] * m_sums[feature].lanes[q];
        return sum;
    }

private:
    /// A feature as the path so far has it; not yet asked: 1 and 1.
    struct OnPath {
        Lanes inverse = Lanes{} + 1; ///< 1 / (zero (1 - t) + one t)
        double zero = 1, one = 1;
    };

    struct Sum { // a vector of lanes alone would forget that they are lanes
        Lanes lanes{};
    };

    [[nodiscard]] bool goesLeft(const TreeNode& node) const
    {
        const float value = m_row[node.feature];
        return std::isnan(value) ? node.missingLeft : value < node.threshold;
    }

    /// `below` becomes the sum over the leaves under `node`, which splits, of value x product.
    void split(std::uint32_t node, const Lanes& product, Lanes& below)
    {
        const TreeNode& here = m_tree[node];
        const std::uint32_t left = m_left[node];
        const auto leftCover = static_cast<double>(m_tree[left].cover);
        const double share = leftCover / (leftCover + static_cast<double>(m_tree[left + 1].cover));
        const bool isLeft = goesLeft(here);
        Lanes right;
        descend(here.feature, left, share, isLeft, product, below);
        descend(here.feature, left + 1, 1 - share, !isLeft, product, right);
        below += right;
    }

    void descend(std::uint32_t feature, std::uint32_t child, double share, bool goesThere, const Lanes& product,
                 Lanes& below)
    {
        const OnPath before = m_path[feature];
        OnPath now;
        now.zero = before.zero * share;
        now.one = goesThere ? before.one : 0;
        const Lanes factor = now.zero + (now.one - now.zero) * m_t;
        now.inverse = 1 / factor;
        const Lanes next = product * (factor * before.inverse);
        const TreeNode& node = m_tree[child];
        if (node.feature == TreeNode::leaf) {
            below = static_cast<double>(node.value) * next;
        } else {
            m_path[feature] = now;
            split(child, next, below);
            m_path[feature] = before;
        }
        // What an earlier split on this feature said of these leaves is taken back: the last one counts.
        m_sums[feature].lanes +=
            below * ((now.one - now.zero) * now.inverse - (before.one - before.zero) * before.inverse);
    }

    static inline const Quadrature<Places::count> m_quadrature{};
    Lanes m_t{};
    std::span<const float> m_row;
    std::span<const TreeNode> m_tree;
    std::span<const std::uint32_t> m_left;
    std::vector<OnPath> m_path;
    std::vector<Sum> m_sums; ///< by feature, before the weights
};

} // namespace

void TreeEnsemble::contributions(std::span<const float> row, std::span<float> out) const
{
    assert(row.size() == m_featureCount && out.size() == row.size() + 1);
    const auto fill = [&](auto walk) {
        for (std::size_t t = 0; t < treeCount(); ++t)
            walk.add(tree(t), std::span(m_lefts).subspan(m_starts[t]));
        for (std::size_t f = 0; f < row.size(); ++f)
            out[f] = static_cast<float>(walk.sum(f));
    };
    if (m_deepest <= 2 * FourPlaces::count)
        fill(Walk<FourPlaces>(row));
    else
        fill(Walk<EightPlaces>(row));
    out[m_featureCount] = static_cast<float>(m_expected);
}

} // namespace orrery
