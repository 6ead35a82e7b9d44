// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/matrix.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery {

class Artifact;

/// A node of a regression tree. The nodes of a tree stand in breadth-first order: the children of the k-th node that
/// splits (k from 0) are nodes 2k + 1 (left) and 2k + 2 (right), so no child is named and nothing can go in a circle.
struct TreeNode {
    static constexpr std::uint32_t leaf = ~0U;

    std::uint32_t feature = leaf; ///< column that is asked; `leaf`: this node answers
    float threshold = 0;          ///< a value < threshold goes left
    bool missingLeft = true;      ///< where NaN goes
    float value = 0;              ///< what a leaf adds to the margin
    float cover = 1;              ///< sum of the weights (second derivatives) of the training rows that came here, > 0
    float gain = 0;               ///< by how much the split lowered the loss
    bool operator==(const TreeNode&) const = default;
};

/// How often and to what effect a feature is asked, summed over all splits.
struct FeatureUse {
    double gain = 0;
    double cover = 0;
    std::uint32_t splits = 0;
};

/// Sums of regression trees (Friedman, Annals of Statistics 2001), however they were trained. Immutable, safe to use
/// from many threads; the same bits on any number of them.
class ORRERY_API TreeEnsemble {
public:
    static constexpr std::size_t maxDepth = 16, maxTrees = 10'000, maxFeatures = 100'000;

    TreeEnsemble() = default; ///< no trees, no features: margin 0
    /// Errors: InvalidArgument for nodes that are no tree, a depth, count or feature out of range, a number that is not
    /// finite or above 1e30, a cover that is not > 0 or below 1e-12 of its parent's.
    [[nodiscard]] static Result<TreeEnsemble> make(std::size_t featureCount, double bias,
                                                   std::span<const std::vector<TreeNode>> trees);

    [[nodiscard]] std::size_t featureCount() const { return m_featureCount; }
    [[nodiscard]] std::size_t treeCount() const { return m_depths.size(); }
    [[nodiscard]] double bias() const { return m_bias; }
    [[nodiscard]] std::span<const TreeNode> tree(std::size_t number) const;

    /// The margins: bias + one leaf of each tree. `rows` is [n x featureCount], `out` [n]; NaN is a missing value.
    void predict(MatrixView rows, std::span<float> out) const;

    /// Exact SHAP values of one row (Lundberg et al., "From local explanations to global understanding with explainable
    /// AI for trees", 2020; path dependent: what is unknown is averaged by cover). `row` is [featureCount], `out`
    /// [featureCount + 1]; the last is what is expected of a row of which nothing is known. They sum to the margin.
    ///
    /// Along a path a feature i has o_i (1 where the row goes that way at each of its splits, else 0) and z_i (the
    /// product of the covers' shares). Its Shapley value is, by Owen's multilinear extension (1972), the integral over
    /// t in [0, 1] of v (o_i - z_i) prod_{j != i} (z_j (1 - t) + o_j t): a polynomial of degree < depth, which
    /// Gauss-Legendre integrates without error. O(nodes x depth) a row, nothing of 2^depth.
    void contributions(std::span<const float> row, std::span<float> out) const;

    [[nodiscard]] std::vector<FeatureUse> importance() const; ///< [featureCount]

    /// As arrays named `prefix`... ; load checks all that make() checks. Errors: Corrupt.
    void save(Artifact& artifact, const std::string& prefix) const;
    [[nodiscard]] static Result<TreeEnsemble> load(const Artifact& artifact, const std::string& prefix,
                                                   std::size_t featureCount);

private:
    /// What a prediction reads of a node, 16 bytes; a leaf goes to itself whatever the value is.
    struct Step {
        float threshold;
        std::uint32_t feature; ///< highest bit: missing goes left
        std::uint32_t left;    ///< right is the next
        float value;
    };
    template <std::size_t rows> void addTrees(const float* const* row, double* sums) const;
    void addTree(std::span<const TreeNode> tree);

    std::size_t m_featureCount = 0;
    double m_bias = 0;
    double m_expected = 0; ///< bias and the mean of each tree by cover
    std::size_t m_deepest = 0;
    std::vector<std::uint32_t> m_starts{0}; ///< first node of each tree, and the number of nodes
    std::vector<std::uint32_t> m_depths;
    std::vector<TreeNode> m_nodes;
    std::vector<Step> m_steps;
    std::vector<std::uint32_t> m_lefts; ///< left child of each node within its tree; of leaves 0
};

} // namespace orrery
