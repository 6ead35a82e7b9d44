// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/base/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

enum class MetricKind {
    Rating,  ///< from predicted and true ratings: rmse, mae
    Ranking, ///< per person, from the top k and what is relevant: precision@k, ...
    Catalog, ///< from all lists together: coverage@k, gini@k, novelty@k
};

/// A metric, declared once with what it means.
struct MetricDeclaration {
    std::string id;      ///< "ndcg"; with a cut-off "ndcg@10"
    std::string title;   ///< "NDCG"
    std::string formula; ///< as text
    std::string edge;    ///< what happens with nobody, nothing relevant, short lists, ties
    std::string source;  ///< paper
    std::string meaning; ///< one plain sentence for a stakeholder
    MetricKind kind = MetricKind::Ranking;
    bool hasCut = true; ///< takes @k
    bool higherIsBetter = true;
    bool isShare = false; ///< shown as a percentage
};

[[nodiscard]] ORRERY_API std::span<const MetricDeclaration> metrics();

/// A metric with its cut-off.
struct MetricChoice {
    const MetricDeclaration* metric = nullptr;
    std::size_t k = 0;                                  ///< 0 for metrics without a cut-off
    [[nodiscard]] ORRERY_API std::string id() const;    ///< "ndcg@10"
    [[nodiscard]] ORRERY_API std::string title() const; ///< "NDCG@10"
};

/// Reads "rmse,mae,ndcg@10"; what is named twice counts once. Errors: InvalidArgument for an unknown name (lists the
/// known ids), and for a missing, needless or impossible cut-off (1 to 1000).
[[nodiscard]] ORRERY_API Result<std::vector<MetricChoice>> parseMetrics(std::string_view list);

} // namespace orrery
