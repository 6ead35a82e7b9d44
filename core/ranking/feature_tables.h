// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/catalog_facts.h"
#include "core/models/event_index.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery {

/// The uses of an item before a moment.
struct ItemPast {
    std::span<const Timestamp> times; ///< ascending
    std::uint64_t first = 0;          ///< place of the first of them among the uses of all items

    [[nodiscard]] std::size_t uses() const { return times.size(); }
    [[nodiscard]] std::uint64_t last() const { return first + times.size() - 1; } ///< needs a use
};

/// What features look up of items at any moment, worked out once: see FeatureView.
class FeatureTables {
public:
    [[nodiscard]] static Result<std::shared_ptr<const FeatureTables>> open(std::shared_ptr<const EventIndex> events,
                                                                           const JobContext& job);

    [[nodiscard]] const EventIndex& events() const { return *m_events; }
    [[nodiscard]] const Dataset& dataset() const { return m_events->dataset(); }
    [[nodiscard]] const CatalogFacts& facts() const { return *m_facts; }

    /// Whether any event before now has a time, or a kind other than a rating.
    [[nodiscard]] bool timesTold(Timestamp now) const { return m_events->first() != noTime && m_events->first() < now; }
    [[nodiscard]] bool kindsTold(Timestamp now) const { return m_anyKind && m_firstKind < now; }

    [[nodiscard]] ItemPast pastOf(ItemIndex item, Timestamp now) const;
    /// Mean value of these uses; NaN without any.
    [[nodiscard]] float meanValue(const ItemPast& past) const;
    /// The last price that these uses tell; where events tell none at all, the catalog's. NaN: not known.
    [[nodiscard]] float priceOf(ItemIndex item, const ItemPast& past) const;
    /// Uses of all items of a brand before now.
    [[nodiscard]] std::size_t brandUses(std::uint32_t brand, Timestamp now) const;

    /// Cosine of the dataset's first column of vectors; without one, Jaccard of categories and brand. NaN where nothing
    /// is known of one of them.
    [[nodiscard]] float similarity(ItemIndex a, ItemIndex b) const;

private:
    [[nodiscard]] Status takeUses(const JobContext& job);
    [[nodiscard]] Status takeBrands(const JobContext& job);
    void takeKinds();
    void takeNorms();
    [[nodiscard]] float cosine(ItemIndex a, ItemIndex b) const;
    [[nodiscard]] float jaccard(ItemIndex a, ItemIndex b) const;

    std::shared_ptr<const EventIndex> m_events;
    std::shared_ptr<const CatalogFacts> m_facts;
    const Timestamp* m_times = nullptr; ///< of the uses of all items
    std::vector<float> m_means;         ///< by use: mean value up to this one
    std::vector<float> m_prices;        ///< by use: last price up to this one; empty where events tell none
    std::vector<std::uint64_t> m_brandStarts{0};
    std::vector<Timestamp> m_brandTimes;
    std::vector<float> m_inverseNorms; ///< by item, 0 for zeros; empty without vectors
    bool m_anyKind = false;
    Timestamp m_firstKind = noTime;
};

} // namespace orrery
