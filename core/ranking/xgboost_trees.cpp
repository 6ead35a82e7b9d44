// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ranking/xgboost_trees.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery {
namespace {

using Json = nlohmann::json;

/// One tree in XGBoost's arrays. `at` throws where something is missing or of another type: caught once, below.
class XgboostTree {
public:
    explicit XgboostTree(const Json& tree)
        : m_lefts(tree.at("left_children")), m_rights(tree.at("right_children")), m_features(tree.at("split_indices")),
          m_conditions(tree.at("split_conditions")), m_defaultLefts(tree.at("default_left")),
          m_covers(tree.at("sum_hessian")), m_gains(tree.at("loss_changes"))
    {
    }

    /// In breadth-first order: pruning leaves holes in XGBoost's own, and puts children before their parents.
    [[nodiscard]] std::vector<TreeNode> nodes() const
    {
        std::vector<TreeNode> nodes;
        std::vector<std::size_t> queue{0};
        for (std::size_t next = 0; next < queue.size() && queue.size() <= m_lefts.size(); ++next) {
            nodes.push_back(node(queue[next]));
            if (nodes.back().feature == TreeNode::leaf)
                continue;
            queue.push_back(m_lefts.at(queue[next]).get<std::size_t>());
            queue.push_back(m_rights.at(queue[next]).get<std::size_t>());
        }
        return nodes;
    }

private:
    [[nodiscard]] TreeNode node(std::size_t n) const
    {
        TreeNode node;
        node.cover = m_covers.at(n).get<float>();
        if (m_lefts.at(n).get<std::int64_t>() < 0) {
            node.value = m_conditions.at(n).get<float>();
            return node;
        }
        node.feature = m_features.at(n).get<std::uint32_t>();
        node.threshold = m_conditions.at(n).get<float>();
        const Json& missing = m_defaultLefts.at(n);
        node.missingLeft = missing.is_boolean() ? missing.get<bool>() : missing.get<int>() != 0;
        node.gain = m_gains.at(n).get<float>();
        return node;
    }

    const Json &m_lefts, &m_rights, &m_features, &m_conditions, &m_defaultLefts, &m_covers, &m_gains;
};

} // namespace

Result<std::vector<std::vector<TreeNode>>> treesFromXgboost(std::string_view json, std::size_t count)
{
    try {
        const Json model = Json::parse(json);
        const Json& trees = model.at("learner").at("gradient_booster").at("model").at("trees");
        std::vector<std::vector<TreeNode>> out;
        for (std::size_t t = 0; t < count; ++t)
            out.push_back(XgboostTree(trees.at(t)).nodes());
        return out;
    } catch (const Json::exception& e) {
        return error(Code::Internal, fmt::format("This XGBoost describes its trees in another way: {}", e.what()),
                     "Versions 1.7 to 3.0 are known");
    }
}

} // namespace orrery
