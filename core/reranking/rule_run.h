// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/reranking/ready_rule.h"

#include <cstdint>
#include <span>
#include <vector>

namespace orrery {

/// A candidate in a list that is being ordered.
struct RankedEntry {
    float score = 0;
    ItemIndex item;
    std::uint32_t candidate = 0;
};
[[nodiscard]] inline bool better(const RankedEntry& a, const RankedEntry& b)
{
    return a.score != b.score ? a.score > b.score : a.item < b.item;
}
/// Of entries in order: each gets the discount of the first place of its score; see placeScores().
void giveDiscounts(std::vector<RankedEntry>& entries);

/// The moment of a request; that of the catalog's last event where it says endOfTime.
[[nodiscard]] inline Timestamp nowOf(const RuleRequest& request, const RuleCatalog& catalog)
{
    return request.query.now == endOfTime ? catalog.lastEvent() : request.query.now;
}

/// One list on its way through the rules.
class RuleRun {
public:
    RuleRun(const Reranker& owner, const RuleRequest& request, RuleTrail* trail)
        : m_owner(owner), m_catalog(owner.catalog()), m_request(request), m_trail(trail),
          m_now(nowOf(request, m_catalog))
    {
    }

    void start(std::span<const Candidate> candidates);
    void act(std::size_t rule);
    [[nodiscard]] std::vector<Reranked> first(std::size_t k) const;

    void operator()(const InStockRule&);
    void operator()(const UnseenRule& rule);
    void operator()(const FilterRule& rule);
    void operator()(const CapRule& rule);
    void operator()(const MarginRule& rule);
    void operator()(const PromotedRule& rule);
    void operator()(const NewRule& rule);
    void operator()(const SessionRule& rule);
    void operator()(const BoostRule& rule);
    void operator()(const BuryRule&);
    void operator()(const PinRule& rule);
    void operator()(const FreshnessRule& rule);
    void operator()(const PositionBiasRule&);
    void operator()(const DiversityRule& rule);
    void operator()(const CalibrationRule& rule);
    void operator()(const ExposureRule&) {}
    void operator()(const ExploreRule& rule);

private:
    using Entry = RankedEntry;
    struct Pin {
        Entry entry;
        std::size_t place = 1;
    };

    [[nodiscard]] bool fits(ItemIndex item) const
    {
        return item.value < m_ready->fits.size() && m_ready->fits[item.value] != 0;
    }
    [[nodiscard]] bool isFirst(ItemIndex item);
    [[nodiscard]] bool wasGiven(ItemIndex item) const;
    void drop(const Entry& entry, const std::string& why);
    template <class Keep> void keep(Keep keeps, const std::string& why);
    template <class About> void boost(About about, double factor);
    void boostFitting(double factor);
    template <class Factor> void scale(Factor factor);
    void sortFree();
    [[nodiscard]] std::vector<double> raceKeys() const;
    /// The first of what is free in this order of their places, the rest as it was; scores are given out anew.
    void reorder(std::span<const std::uint32_t> first, std::size_t pool);
    void giveOut(std::vector<Entry> order);
    [[nodiscard]] std::vector<ItemIndex> pinnedItems() const;
    [[nodiscard]] std::vector<ItemIndex> poolItems(int pool);
    void nothing(std::string why);
    [[nodiscard]] std::vector<Reranked> combined(std::size_t most) const;
    void startTrail(std::span<const Candidate> candidates, const std::vector<std::uint8_t>& part);
    void record();
    void recordEffect();

    const Reranker& m_owner;
    const RuleCatalog& m_catalog;
    const RuleRequest& m_request;
    RuleTrail* m_trail;
    Timestamp m_now;
    const ReadyRule* m_ready = nullptr;
    std::uint32_t m_given = 0;
    std::vector<Entry> m_free;          ///< in the order of better(), always
    std::vector<Pin> m_pins;            ///< by place; of equal places in the order of their rules
    std::vector<std::uint64_t> m_items; ///< bits of what was given
    std::vector<Entry> m_buffer;
    std::vector<float> m_relevance; ///< of the pool
};

} // namespace orrery
