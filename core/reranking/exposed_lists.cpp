// SPDX-License-Identifier: GPL-3.0-or-later
// The sellers' exposure as a rule of a set, settled over the lists of many people.
#include "core/data/time_distance.h"
#include "core/reranking/exposure.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace orrery {
namespace {

constexpr double secondsOfADay = 86'400;

} // namespace

std::vector<std::uint8_t> newSellers(const RuleCatalog& catalog, double days)
{
    std::vector<Timestamp> first(catalog.groupCount(ItemGroup::Seller), endOfTime);
    for (std::uint32_t item = 0; item < catalog.size(); ++item)
        if (const auto seller = catalog.groupOf(ItemGroup::Seller, ItemIndex{item}); seller != noGroup)
            if (const Timestamp added = catalog.added(ItemIndex{item}); added != noTime)
                first[seller] = std::min(first[seller], added);
    std::vector<std::uint8_t> isNew(first.size(), 0);
    for (std::size_t seller = 0; seller < first.size(); ++seller)
        if (first[seller] != endOfTime && catalog.lastEvent() != noTime &&
            secondsBetween(first[seller], catalog.lastEvent()) <= days * secondsOfADay)
            isNew[seller] = 1;
    return isNew;
}

namespace {

/// The sellers of the candidates, and which of them are new.
class Sellers {
public:
    explicit Sellers(const RuleCatalog& catalog)
        : m_catalog(catalog), m_groups(catalog.groupCount(ItemGroup::Seller), noGroup)
    {
    }

    std::uint32_t groupOf(ItemIndex item)
    {
        const std::uint32_t seller = m_catalog.groupOf(ItemGroup::Seller, item);
        if (seller == noGroup)
            return noGroup;
        if (m_groups[seller] == noGroup) {
            m_groups[seller] = static_cast<std::uint32_t>(m_sellers.size());
            m_sellers.push_back(seller);
        }
        return m_groups[seller];
    }
    [[nodiscard]] const std::vector<std::uint32_t>& all() const { return m_sellers; }
    [[nodiscard]] std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const std::uint32_t seller : m_sellers)
            names.emplace_back(m_catalog.nameOf(ItemGroup::Seller, seller));
        return names;
    }
    [[nodiscard]] std::vector<std::uint32_t> newest(double days) const
    {
        const auto isNew = newSellers(m_catalog, days);
        std::vector<std::uint32_t> found;
        for (std::uint32_t group = 0; group < m_sellers.size(); ++group)
            if (isNew[m_sellers[group]] != 0)
                found.push_back(group);
        return found;
    }

private:
    const RuleCatalog& m_catalog;
    std::vector<std::uint32_t> m_groups, m_sellers;
};

/// Pins stand where they stood; what is free fills the places between in its order.
std::vector<Reranked> listOf(const std::vector<Reranked>& from, std::vector<std::uint32_t> shown)
{
    std::ranges::sort(shown);
    std::vector<Reranked> list(shown.size());
    std::vector<std::uint8_t> taken(shown.size(), 0);
    for (const std::uint32_t place : shown)
        if (from[place].pinned) {
            list[place] = from[place];
            taken[place] = 1;
        }
    std::size_t next = 0;
    for (const std::uint32_t place : shown)
        if (!from[place].pinned) {
            while (taken[next] != 0)
                ++next;
            list[next++] = from[place];
        }
    return list;
}

/// The last rule of the kind that is on.
std::optional<std::size_t> exposureRule(const RuleSet& set)
{
    for (std::size_t rule = set.rules.size(); rule-- > 0;)
        if (set.rules[rule].on && std::holds_alternative<ExposureRule>(set.rules[rule].action))
            return rule;
    return {};
}

std::size_t placesOf(double share, std::size_t all)
{
    return static_cast<std::size_t>(std::ceil(share * static_cast<double>(all) - 1e-9)); // 10 % of 30 is 3
}

} // namespace

Result<ExposedLists> rerankExposed(const Reranker& reranker, std::span<const std::vector<Candidate>> candidates,
                                   std::span<const RuleRequest> requests, std::size_t k, const JobContext& job,
                                   std::size_t pool)
{
    const auto rule = exposureRule(reranker.rules());
    auto lists = rerankAll(reranker, candidates, requests, rule ? std::max(k, pool) : k, job.part(0, .5));
    if (!lists)
        return tl::unexpected(lists.error());
    ExposedLists made{std::move(*lists), {}, {}, {}};
    if (!rule)
        return made;
    const auto& asked = std::get<ExposureRule>(reranker.rules().rules[*rule].action);
    Sellers sellers(reranker.catalog());
    std::vector<std::size_t> people;
    std::vector<std::vector<Offer>> offers;
    std::size_t places = 0;
    for (std::size_t person = 0; person < made.lists.size(); ++person) {
        auto& list = made.lists[person];
        // A pin below the end of the list stays there.
        std::size_t place = 0;
        std::erase_if(list, [&](const Reranked& one) { return place++ >= k && one.pinned; });
        if (!reranker.whyNot(*rule, requests[person]).empty())
            continue;
        people.push_back(person);
        auto& own = offers.emplace_back();
        for (const Reranked& one : list)
            own.push_back({static_cast<double>(one.score), sellers.groupOf(one.item), one.pinned});
        places += std::min(k, own.size());
    }
    made.sellers = sellers.all();
    made.newSellers = sellers.newest(asked.newDays);
    const ExposureMinima minima{std::vector<std::size_t>(made.sellers.size(), placesOf(asked.share, places)),
                                made.newSellers, placesOf(asked.newShare, places), sellers.names()};
    auto exposed = exposeLists(offers, k, minima, job.part(.5, 1));
    if (!exposed)
        return tl::unexpected(exposed.error());
    for (std::size_t i = 0; i < people.size(); ++i)
        made.lists[people[i]] = listOf(made.lists[people[i]], exposed->shown[i]);
    for (auto& list : made.lists)
        list.resize(std::min(k, list.size()));
    made.exposure = std::move(*exposed);
    return made;
}

} // namespace orrery
