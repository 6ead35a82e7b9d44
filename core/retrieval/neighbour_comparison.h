// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/api.h"
#include "core/models/model.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace orrery {

/// Where one stands among the neighbours that a model names, and how similar the model finds it.
struct NeighbourPlace {
    std::size_t rank = 0; ///< from 1; 0: not among those that the model was asked for, or that it knows
    float similarity = std::numeric_limits<float>::quiet_NaN(); ///< in the model's own measure; NaN with rank 0
};

/// A neighbour under two models. `Index` is ItemIndex or UserIndex.
template <class Index> struct ComparedNeighbour {
    Index who;
    NeighbourPlace first, second;
};

/// The nearest k of two models beside each other: which both name, which the second alone, which the first alone.
/// Similarities of different models are different measures: compare ranks.
template <class Index> struct NeighbourComparison {
    std::vector<ComparedNeighbour<Index>> shared; ///< by rank in the first
    std::vector<ComparedNeighbour<Index>> gained; ///< by rank in the second
    std::vector<ComparedNeighbour<Index>> lost;   ///< by rank in the first

    /// The share of all that either names, in [0, 1]; 1 where neither names any.
    [[nodiscard]] double jaccard() const
    {
        const std::size_t all = shared.size() + gained.size() + lost.size();
        return all == 0 ? 1 : static_cast<double>(shared.size()) / static_cast<double>(all);
    }
};

/// Ranks of what only one model has among its nearest are looked for in the other's first so many.
inline constexpr std::size_t comparedDepth = 1000;

/// The k items most similar to an item under two models, by Model::similarItems, so that models without vectors count,
/// too. Errors: those of the models.
[[nodiscard]] ORRERY_API Result<NeighbourComparison<ItemIndex>>
compareSimilarItems(const Model& first, const Model& second, ItemIndex item, std::size_t k);

/// The k people most like whoever asks under two models, by Model::similarPeople. Errors: those of the models.
[[nodiscard]] ORRERY_API Result<NeighbourComparison<UserIndex>>
compareSimilarPeople(const Model& first, const Model& second, const Query& query, std::size_t k);

} // namespace orrery
