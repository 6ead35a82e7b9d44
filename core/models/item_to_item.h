// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/history_weigher.h"
#include "core/models/item_weights.h"
#include "core/models/model.h"
#include "core/models/popular_fallback.h"

namespace orrery {

struct ItemToItemParts {
    ItemWeights weights;
    HistoryWeigher weigher;
    PopularFallback fallback;
};

/// A model whose score is linear in the history: score(i) = sum over its items j of (what j says of i) * weight_j.
/// Where that is 0 (the history says nothing of the item), the item's popularity stands in on a scale below. Item kNN,
/// SLIM, EASE, RP3beta and co-occurrence are of this form and differ in how they learn the weights. Sums go over the
/// history in ascending order everywhere, so score, scoreAll and explain agree bit by bit.
class ORRERY_API ItemToItem final : public Model {
public:
    ItemToItem(ItemToItemParts parts, Capabilities can);
    /// Errors: Corrupt.
    [[nodiscard]] static Result<ModelPtr> load(const Artifact& artifact, Capabilities can);

    [[nodiscard]] std::unique_ptr<Reader> read(const Query& query) const override;
    [[nodiscard]] Scale scale() const override { return Scale::Similarity; }
    [[nodiscard]] Capabilities capabilities() const override { return m_can; }
    [[nodiscard]] std::size_t itemCount() const override { return m_parts.weights.itemCount(); }
    /// ItemWeights::similarTo.
    [[nodiscard]] Result<std::vector<Neighbour>> similarItems(ItemIndex item, std::size_t n) const override;
    void save(Artifact& artifact) const override;

    [[nodiscard]] const ItemToItemParts& parts() const { return m_parts; }

private:
    ItemToItemParts m_parts;
    Capabilities m_can;
};

} // namespace orrery
