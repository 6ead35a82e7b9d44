// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/tree_ensemble.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::uint32_t missingLeftBit = 1U << 31;
constexpr float largest = 1e30F;        // so that 10,000 of them are still a float
constexpr double smallestShare = 1e-12; // 16 of them multiplied are still far from the smallest double

tl::unexpected<Error> notATree(std::size_t tree, std::string_view why)
{
    return error(Code::InvalidArgument, fmt::format("Tree {} {}", tree, why));
}

bool usable(float value) { return std::abs(value) <= largest; } // false for NaN

Status checkNumbers(const TreeNode& node, std::size_t featureCount, std::size_t tree)
{
    if (node.feature != TreeNode::leaf && node.feature >= featureCount)
        return notATree(tree, fmt::format("asks feature {} of {}", node.feature, featureCount));
    if (!usable(node.threshold) || !usable(node.value) || !usable(node.gain))
        return notATree(tree, "holds a number that is not finite, or is too large");
    if (!usable(node.cover) || !(node.cover > 0))
        return notATree(tree, fmt::format("has a node that covers {}", node.cover));
    return {};
}

/// Depth of every node. Errors where children do not come after their parents, or their number is another.
Result<std::vector<std::uint32_t>> depthsOf(std::span<const TreeNode> nodes, std::size_t tree)
{
    std::vector<std::uint32_t> depths(nodes.size(), 0);
    std::size_t next = 1;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (nodes[n].feature == TreeNode::leaf)
            continue;
        if (next <= n || next + 1 >= nodes.size())
            return notATree(tree, fmt::format("splits at node {} without two children after it", n));
        depths[next] = depths[next + 1] = depths[n] + 1;
        const double both = static_cast<double>(nodes[next].cover) + static_cast<double>(nodes[next + 1].cover);
        if (std::min(nodes[next].cover, nodes[next + 1].cover) < smallestShare * both)
            return notATree(tree, fmt::format("has a child of node {} that covers next to nothing", n));
        next += 2;
    }
    if (next != nodes.size())
        return notATree(tree, fmt::format("has {} nodes, and splits for {}", nodes.size(), next));
    if (*std::ranges::max_element(depths) > TreeEnsemble::maxDepth)
        return notATree(tree, fmt::format("is deeper than {}", TreeEnsemble::maxDepth));
    return depths;
}

/// The mean of a tree's leaves by cover.
double meanOf(std::span<const TreeNode> nodes)
{
    std::vector<double> share(nodes.size(), 1);
    double mean = 0;
    std::size_t left = 1;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (nodes[n].feature == TreeNode::leaf) {
            mean += share[n] * static_cast<double>(nodes[n].value);
            continue;
        }
        const auto one = static_cast<double>(nodes[left].cover), other = static_cast<double>(nodes[left + 1].cover);
        share[left] = share[n] * (one / (one + other));
        share[left + 1] = share[n] * (other / (one + other));
        left += 2;
    }
    return mean;
}

} // namespace

Result<TreeEnsemble> TreeEnsemble::make(std::size_t featureCount, double bias,
                                        std::span<const std::vector<TreeNode>> trees)
{
    if (featureCount == 0 || featureCount > maxFeatures || trees.size() > maxTrees)
        return error(Code::InvalidArgument,
                     fmt::format("{} trees over {} features are none, or too many", trees.size(), featureCount));
    if (!(std::abs(bias) <= static_cast<double>(largest)))
        return error(Code::InvalidArgument, fmt::format("A bias of {} cannot be", bias));
    TreeEnsemble made;
    made.m_featureCount = featureCount;
    made.m_bias = made.m_expected = bias;
    for (std::size_t t = 0; t < trees.size(); ++t) {
        if (trees[t].empty() || trees[t].size() >= std::size_t{2} << maxDepth)
            return notATree(t, fmt::format("has {} nodes", trees[t].size()));
        for (const TreeNode& node : trees[t])
            if (const auto fine = checkNumbers(node, featureCount, t); !fine)
                return tl::unexpected(fine.error());
        const auto depths = depthsOf(trees[t], t);
        if (!depths)
            return tl::unexpected(depths.error());
        if (made.m_nodes.size() + trees[t].size() >= missingLeftBit)
            return notATree(t, "is one too many");
        made.m_depths.push_back(*std::ranges::max_element(*depths));
        made.m_deepest = std::max<std::size_t>(made.m_deepest, made.m_depths.back());
        made.addTree(trees[t]);
    }
    return made;
}

void TreeEnsemble::addTree(std::span<const TreeNode> tree)
{
    const std::uint32_t start = m_starts.back();
    std::uint32_t left = 1;
    for (std::uint32_t n = 0; n < tree.size(); ++n) {
        const TreeNode& node = tree[n];
        if (node.feature == TreeNode::leaf) {
            // Nothing is < NaN, and missing goes right, too: always to the node after the one before, itself.
            m_steps.push_back({std::numeric_limits<float>::quiet_NaN(), 0, start + n - 1, node.value});
            m_lefts.push_back(0);
            continue;
        }
        m_steps.push_back({node.threshold, node.feature | (node.missingLeft ? missingLeftBit : 0), start + left, 0});
        m_lefts.push_back(left);
        left += 2;
    }
    m_nodes.insert(m_nodes.end(), tree.begin(), tree.end());
    m_starts.push_back(static_cast<std::uint32_t>(m_nodes.size()));
    m_expected += meanOf(tree);
}

std::span<const TreeNode> TreeEnsemble::tree(std::size_t number) const
{
    return std::span(m_nodes).subspan(m_starts[number], m_starts[number + 1] - m_starts[number]);
}

/// Rows walk down side by side without a jump: while one waits for its node, the others go on.
template <std::size_t rows> void TreeEnsemble::addTrees(const float* const* row, double* sums) const
{
    const Step* steps = m_steps.data();
    for (std::size_t t = 0; t < m_depths.size(); ++t) {
        std::array<std::uint32_t, rows> at;
        at.fill(m_starts[t]);
        for (std::uint32_t depth = 0; depth < m_depths[t]; ++depth)
            for (std::size_t r = 0; r < rows; ++r) {
                const Step step = steps[at[r]];
                const float value = row[r][step.feature & ~missingLeftBit];
                const auto goesLeft = static_cast<std::uint32_t>(value < step.threshold) |
                                      (static_cast<std::uint32_t>(std::isnan(value)) & (step.feature >> 31));
                at[r] = step.left + 1 - goesLeft;
            }
        for (std::size_t r = 0; r < rows; ++r)
            sums[r] += static_cast<double>(steps[at[r]].value);
    }
}

void TreeEnsemble::predict(MatrixView rows, std::span<float> out) const
{
    assert(rows.cols == m_featureCount || m_depths.empty());
    assert(out.size() == rows.rows);
    constexpr std::size_t together = 16;
    std::array<const float*, together> row{};
    for (std::size_t first = 0; first < rows.rows; first += together) {
        const std::size_t count = std::min(together, rows.rows - first);
        for (std::size_t r = 0; r < together; ++r)
            row[r] = rows.data + (first + std::min(r, count - 1)) * rows.cols;
        std::array<double, together> sums;
        sums.fill(m_bias);
        if (count > together / 2)
            addTrees<together>(row.data(), sums.data());
        else
            for (std::size_t r = 0; r < count; ++r)
                addTrees<1>(row.data() + r, sums.data() + r);
        for (std::size_t r = 0; r < count; ++r)
            out[first + r] = static_cast<float>(sums[r]);
    }
}

std::vector<FeatureUse> TreeEnsemble::importance() const
{
    std::vector<FeatureUse> uses(m_featureCount);
    for (const TreeNode& node : m_nodes)
        if (node.feature != TreeNode::leaf) {
            uses[node.feature].gain += static_cast<double>(node.gain);
            uses[node.feature].cover += static_cast<double>(node.cover);
            ++uses[node.feature].splits;
        }
    return uses;
}

} // namespace orrery
