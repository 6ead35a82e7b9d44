// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/item_to_item.h"

#include "core/models/artifact.h"

#include <algorithm>

namespace orrery {
namespace {

class ItemToItemReader final : public Reader {
public:
    ItemToItemReader(const ItemToItem& model, const History& history) : m_model(model)
    {
        const auto weighed = weighedHistory(history, model.itemCount(), model.parts().weigher);
        for (std::size_t i = 0; i < weighed.items.size(); ++i)
            if (model.parts().weights.speaks(weighed.items[i])) {
                m_items.push_back(weighed.items[i]);
                m_weights.push_back(static_cast<double>(weighed.weights[i]));
            }
    }

    void score(std::span<const ItemIndex> items, std::span<float> out) const override
    {
        std::ranges::transform(items, out.begin(), [this](ItemIndex item) {
            double sum = 0;
            forEachTerm(item, [&](std::uint32_t, double value) { sum += value; });
            return scoreOf(item, sum);
        });
    }

    void scoreAll(std::span<float> out) const override
    {
        std::vector<double> sums(std::max(out.size(), m_model.itemCount()), 0.0);
        for (std::size_t n = 0; n < m_items.size(); ++n)
            m_model.parts().weights.addSpokenFor(m_items[n], m_weights[n], sums);
        for (std::uint32_t i = 0; i < out.size(); ++i)
            out[i] = scoreOf(ItemIndex{i}, sums[i]);
    }

    [[nodiscard]] Explanation explain(ItemIndex item) const override
    {
        Explanation why;
        forEachTerm(item, [&](std::uint32_t entry, double value) {
            why.terms.push_back({TermKind::HistoryItem, ItemIndex{entry}, {}, value});
            why.score += value;
        });
        return why.score != 0 ? why : m_model.parts().fallback.explain(item);
    }

    [[nodiscard]] std::string fallback() const override
    {
        return m_items.empty() ? PopularFallback::sentence() : std::string();
    }

private:
    /// NaN for an item newer than the model.
    [[nodiscard]] float scoreOf(ItemIndex item, double sum) const
    {
        return sum != 0 ? static_cast<float>(sum) : m_model.parts().fallback.score(item);
    }

    /// visit(item, value) for what each item of the history adds, ascending.
    template <class Visit> void forEachTerm(ItemIndex item, Visit visit) const
    {
        if (item.value < m_model.itemCount())
            m_model.parts().weights.forSpeakers(item.value, m_items, [&](std::size_t n, float weight) {
                visit(m_items[n], static_cast<double>(weight) * m_weights[n]);
            });
    }

    const ItemToItem& m_model;
    std::vector<std::uint32_t> m_items; // of the history, ascending; only those that speak for some item
    std::vector<double> m_weights;      // of each
};

} // namespace

ItemToItem::ItemToItem(ItemToItemParts parts, Capabilities can) : m_parts(std::move(parts)), m_can(std::move(can)) {}

std::unique_ptr<Reader> ItemToItem::read(const Query& query) const
{
    return std::make_unique<ItemToItemReader>(*this, query.history);
}

Result<std::vector<Neighbour>> ItemToItem::similarItems(ItemIndex item, std::size_t n) const
{
    if (item.value >= itemCount())
        return error(Code::NotFound, "The model does not know this item", "Train it again with the item in the data");
    return m_parts.weights.similarTo(item.value, n);
}

void ItemToItem::save(Artifact& artifact) const
{
    m_parts.weights.save(artifact);
    m_parts.weigher.save(artifact);
    m_parts.fallback.save(artifact);
}

Result<ModelPtr> ItemToItem::load(const Artifact& artifact, Capabilities can)
{
    auto weights = ItemWeights::load(artifact);
    if (!weights)
        return tl::unexpected(weights.error());
    const auto weigher = HistoryWeigher::load(artifact);
    if (!weigher)
        return tl::unexpected(weigher.error());
    auto fallback = PopularFallback::load(artifact, weights->itemCount());
    if (!fallback)
        return tl::unexpected(fallback.error());
    return std::make_shared<const ItemToItem>(ItemToItemParts{std::move(*weights), *weigher, std::move(*fallback)},
                                              std::move(can));
}

} // namespace orrery
