// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace orrery {
namespace {

constexpr double mixed = .01; // alpha: keeps the divergence finite where a category is missing

/// The shares of what is chosen so far, of the wanted categories only.
class Chosen {
public:
    Chosen(const RuleCatalog& catalog, std::span<const CategoryShare> wanted)
        : m_catalog(catalog), m_wanted(wanted), m_counts(wanted.size(), 0), m_costs(wanted.size(), 0),
          m_slots(catalog.groupCount(ItemGroup::Category), noGroup)
    {
        for (std::uint32_t slot = 0; slot < wanted.size(); ++slot)
            m_slots[wanted[slot].category] = slot;
    }

    void add(ItemIndex item)
    {
        const auto categories = m_catalog.categoriesOf(item);
        for (const std::uint32_t category : categories)
            if (const std::uint32_t slot = m_slots[category]; slot != noGroup)
                m_counts[slot] += 1 / static_cast<double>(categories.size());
        ++m_items;
    }
    /// The gap with what is chosen as a list of so many items.
    double gap(std::size_t items)
    {
        m_size = static_cast<double>(std::max<std::size_t>(1, items));
        double sum = 0;
        for (std::size_t slot = 0; slot < m_wanted.size(); ++slot)
            sum += m_costs[slot] = cost(slot, m_counts[slot]);
        return sum;
    }
    [[nodiscard]] std::size_t items() const { return m_items; }
    /// By how much the gap last asked for changes when the item is one of these.
    [[nodiscard]] double change(ItemIndex item) const
    {
        const auto categories = m_catalog.categoriesOf(item);
        double sum = 0;
        for (const std::uint32_t category : categories)
            if (const std::uint32_t slot = m_slots[category]; slot != noGroup)
                sum += cost(slot, m_counts[slot] + 1 / static_cast<double>(categories.size())) - m_costs[slot];
        return sum;
    }

private:
    [[nodiscard]] double cost(std::size_t slot, double count) const
    {
        const double p = m_wanted[slot].share;
        return p * std::log(p / ((1 - mixed) * count / m_size + mixed * p));
    }

    const RuleCatalog& m_catalog;
    std::span<const CategoryShare> m_wanted;
    std::vector<double> m_counts, m_costs;
    std::vector<std::uint32_t> m_slots; ///< by category
    std::size_t m_items = 0;
    double m_size = 1;
};

} // namespace

std::vector<CategoryShare> sharesOf(const RuleCatalog& catalog, const History& history)
{
    std::map<std::uint32_t, double> sums;
    double all = 0;
    for (const HistoryEntry& entry : history) {
        const auto categories = catalog.categoriesOf(entry.item);
        if (categories.empty())
            continue;
        const double weight = entry.value > 0 ? static_cast<double>(entry.value) : 1;
        for (const std::uint32_t category : categories)
            sums[category] += weight / static_cast<double>(categories.size());
        all += weight;
    }
    std::vector<CategoryShare> shares;
    shares.reserve(sums.size());
    for (const auto& [category, sum] : sums)
        shares.push_back({category, sum / all});
    return shares;
}

double calibrationGap(const RuleCatalog& catalog, std::span<const CategoryShare> wanted,
                      std::span<const ItemIndex> list)
{
    Chosen chosen(catalog, wanted);
    for (const ItemIndex item : list)
        chosen.add(item);
    return chosen.gap(list.size());
}

std::vector<std::uint32_t> calibratedOrder(const RuleCatalog& catalog, std::span<const CategoryShare> wanted,
                                           std::span<const ItemIndex> items, std::span<const float> relevance,
                                           double lambda, std::size_t n, std::span<const ItemIndex> above)
{
    Chosen chosen(catalog, wanted);
    for (const ItemIndex item : above)
        chosen.add(item);
    std::vector<std::uint32_t> left(items.size()), order;
    std::iota(left.begin(), left.end(), 0U);
    const auto goesFirst = [&](std::uint32_t a, std::uint32_t b) {
        return relevance[a] != relevance[b] ? relevance[a] > relevance[b] : items[a] < items[b];
    };
    while (order.size() < n && !left.empty()) {
        (void)chosen.gap(chosen.items() + 1);
        std::size_t best = 0;
        double most = 0;
        for (std::size_t i = 0; i < left.size(); ++i) {
            const double value =
                (1 - lambda) * static_cast<double>(relevance[left[i]]) - lambda * chosen.change(items[left[i]]);
            if (i == 0 || value > most || (value == most && goesFirst(left[i], left[best]))) {
                most = value;
                best = i;
            }
        }
        order.push_back(left[best]);
        chosen.add(items[left[best]]);
        left[best] = left.back();
        left.pop_back();
    }
    return order;
}

} // namespace orrery
