// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/artifact.h"
#include "core/models/first_error.h"
#include "core/ranking/tree_ensemble.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orrery {
namespace {

/// The fields of all nodes, one array each; a leaf asks feature `featureCount`.
struct NodeArrays {
    std::vector<std::uint32_t> features, missingLeft;
    std::vector<float> thresholds, values, covers, gains;
};

std::vector<std::vector<TreeNode>> treesOf(const NodeArrays& arrays, std::span<const std::uint32_t> starts,
                                           std::size_t featureCount)
{
    std::vector<std::vector<TreeNode>> trees(starts.size() - 1);
    for (std::size_t t = 0; t < trees.size(); ++t)
        for (std::size_t n = starts[t]; n < starts[t + 1]; ++n)
            trees[t].push_back({arrays.features[n] == featureCount ? TreeNode::leaf : arrays.features[n],
                                arrays.thresholds[n], arrays.missingLeft[n] == 1, arrays.values[n], arrays.covers[n],
                                arrays.gains[n]});
    return trees;
}

tl::unexpected<Error> corrupt(std::string message, const std::string& prefix)
{
    return error(Code::Corrupt, std::move(message), "Train the ranker again", prefix);
}

} // namespace

void TreeEnsemble::save(Artifact& artifact, const std::string& prefix) const
{
    NodeArrays arrays;
    for (const TreeNode& node : m_nodes) {
        arrays.features.push_back(node.feature == TreeNode::leaf ? static_cast<std::uint32_t>(m_featureCount)
                                                                 : node.feature);
        arrays.missingLeft.push_back(node.missingLeft ? 1 : 0);
        arrays.thresholds.push_back(node.threshold);
        arrays.values.push_back(node.value);
        arrays.covers.push_back(node.cover);
        arrays.gains.push_back(node.gain);
    }
    artifact.putNumber(prefix + "bias", m_bias);
    artifact.put(prefix + "starts", std::span<const std::uint32_t>(m_starts));
    artifact.put(prefix + "features", std::span<const std::uint32_t>(arrays.features));
    artifact.put(prefix + "missing-left", std::span<const std::uint32_t>(arrays.missingLeft));
    artifact.put(prefix + "thresholds", std::span<const float>(arrays.thresholds));
    artifact.put(prefix + "values", std::span<const float>(arrays.values));
    artifact.put(prefix + "covers", std::span<const float>(arrays.covers));
    artifact.put(prefix + "gains", std::span<const float>(arrays.gains));
}

Result<TreeEnsemble> TreeEnsemble::load(const Artifact& artifact, const std::string& prefix, std::size_t featureCount)
{
    const auto bias = artifact.number(prefix + "bias");
    const auto starts = artifact.indices(prefix + "starts", Artifact::anyLength, std::uint64_t{1} << 31);
    if (const Error* failed = firstError(bias, starts))
        return tl::unexpected(*failed);
    if (starts->empty() || starts->front() != 0 || !std::ranges::is_sorted(*starts))
        return corrupt("The stored trees do not say where each begins", prefix);
    const std::size_t nodes = starts->back();
    auto features = artifact.indices(prefix + "features", nodes, std::uint64_t{featureCount} + 1);
    auto missingLeft = artifact.indices(prefix + "missing-left", nodes, 2);
    auto thresholds = artifact.floats(prefix + "thresholds", nodes);
    auto values = artifact.floats(prefix + "values", nodes);
    auto covers = artifact.floats(prefix + "covers", nodes);
    auto gains = artifact.floats(prefix + "gains", nodes);
    if (const Error* failed = firstError(features, missingLeft, thresholds, values, covers, gains))
        return tl::unexpected(*failed);
    const NodeArrays arrays{std::move(*features), std::move(*missingLeft), std::move(*thresholds),
                            std::move(*values),   std::move(*covers),      std::move(*gains)};
    auto made = make(featureCount, *bias, treesOf(arrays, *starts, featureCount));
    if (!made)
        return corrupt(fmt::format("The stored trees are damaged: {}", made.error().message), prefix);
    return made;
}

} // namespace orrery
