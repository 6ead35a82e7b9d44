// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of rule does to a list.
#include "core/base/rng.h"
#include "core/data/time_distance.h"
#include "core/reranking/calibration.h"
#include "core/reranking/mmr.h"
#include "core/reranking/rule_run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double secondsOfADay = 86'400;
constexpr double mostHalfLives = 60; // scores stay above 0

ItemGroup groupOf(CapRule::Of of)
{
    switch (of) {
    case CapRule::Of::Subcategory: return ItemGroup::Subcategory;
    case CapRule::Of::Brand: return ItemGroup::Brand;
    case CapRule::Of::Seller: return ItemGroup::Seller;
    default: return ItemGroup::Category;
    }
}

} // namespace

template <class Keep> void RuleRun::keep(Keep keeps, const std::string& why)
{
    const auto goes = [&](const Entry& entry) {
        const bool stays = keeps(entry.item);
        if (!stays)
            drop(entry, why);
        return !stays;
    };
    std::erase_if(m_free, goes);
    std::erase_if(m_pins, [&](const Pin& pin) { return goes(pin.entry); });
}

void RuleRun::operator()(const InStockRule&)
{
    keep([&](ItemIndex item) { return !m_catalog.soldOut(item); }, "sold out");
}

void RuleRun::operator()(const FilterRule& rule)
{
    keep([&](ItemIndex item) { return fits(item); }, fmt::format("not {}", rule.where));
}

void RuleRun::operator()(const UnseenRule& rule)
{
    if (rule.what == UnseenRule::What::Purchased)
        keep([&](ItemIndex item) { return !std::ranges::binary_search(m_request.purchased, item); }, "purchased");
    else
        keep(
            [&](ItemIndex item) {
                return !std::ranges::binary_search(m_request.query.history, item, {}, &HistoryEntry::item);
            },
            "already seen");
}

// Pinned items are shown whatever comes, so they count first.
void RuleRun::operator()(const CapRule& rule)
{
    const ItemGroup group = groupOf(rule.of);
    std::vector<int> counts(m_catalog.groupCount(group), 0);
    std::uint32_t one = noGroup;
    const auto groupsOf = [&](ItemIndex item) -> std::span<const std::uint32_t> {
        if (rule.of == CapRule::Of::EveryCategory)
            return m_catalog.categoriesOf(item);
        one = m_catalog.groupOf(group, item);
        return {&one, one == noGroup ? 0U : 1U};
    };
    for (const Pin& pin : m_pins)
        for (const std::uint32_t index : groupsOf(pin.entry.item))
            ++counts[index];
    std::erase_if(m_free, [&](const Entry& entry) {
        const auto groups = groupsOf(entry.item);
        const auto full = std::ranges::find_if(groups, [&](std::uint32_t index) { return counts[index] >= rule.most; });
        if (full == groups.end()) {
            for (const std::uint32_t index : groups)
                ++counts[index];
            return false;
        }
        if (m_trail)
            drop(entry, fmt::format("{} of '{}' stand before it", rule.most, m_catalog.nameOf(group, *full)));
        return true;
    });
}

// What is boosted keeps its order, as does what is not: two sorted lists are merged.
template <class About> void RuleRun::boost(About about, double factor)
{
    const auto by = static_cast<float>(factor);
    m_buffer.clear();
    std::vector<Entry> others;
    others.reserve(m_free.size());
    for (const Entry& entry : m_free)
        if (about(entry.item))
            m_buffer.push_back({entry.score * by, entry.item, entry.candidate});
        else
            others.push_back(entry);
    if (m_buffer.empty())
        return;
    std::ranges::merge(m_buffer, others, m_free.begin(), better);
    sortFree(); // two scores may have been rounded to one
}

void RuleRun::boostFitting(double factor)
{
    boost([&](ItemIndex item) { return fits(item); }, factor);
}

void RuleRun::operator()(const MarginRule& rule) { boostFitting(rule.factor); }
void RuleRun::operator()(const PromotedRule& rule) { boostFitting(rule.factor); }
void RuleRun::operator()(const BoostRule& rule) { boostFitting(rule.factor); }

template <class Factor> void RuleRun::scale(Factor factor)
{
    for (Entry& entry : m_free)
        entry.score *= factor(entry.item);
    sortFree();
}

void RuleRun::operator()(const NewRule& rule)
{
    const double most = rule.days * secondsOfADay;
    boost(
        [&](ItemIndex item) {
            const Timestamp added = m_catalog.added(item);
            return added != noTime && m_now != noTime && added <= m_now && secondsBetween(added, m_now) <= most;
        },
        rule.factor);
}

void RuleRun::operator()(const SessionRule& rule)
{
    std::vector<std::uint32_t> categories;
    for (const ItemIndex item : m_request.session)
        if (const auto category = m_catalog.groupOf(ItemGroup::Category, item); category != noGroup)
            categories.push_back(category);
    if (categories.empty())
        return nothing("nothing of a known category was looked at in this session");
    std::ranges::sort(categories);
    boost(
        [&](ItemIndex item) {
            return std::ranges::binary_search(categories, m_catalog.groupOf(ItemGroup::Category, item));
        },
        rule.factor);
}

void RuleRun::operator()(const BuryRule&)
{
    std::vector<Entry> order = m_free;
    std::stable_partition(order.begin(), order.end(), [&](const Entry& entry) { return !fits(entry.item); });
    giveOut(std::move(order));
}

void RuleRun::operator()(const PinRule& rule)
{
    const ItemIndex item = m_ready->pin;
    Pin pin{{0, item, m_given}, static_cast<std::size_t>(rule.place)};
    const auto pinned = std::ranges::find(m_pins, item, [](const Pin& held) { return held.entry.item; });
    const auto free = std::ranges::find(m_free, item, &Entry::item);
    if (pinned != m_pins.end()) {
        pin.entry = pinned->entry;
        m_pins.erase(pinned);
    } else if (free != m_free.end()) {
        pin.entry = *free;
        m_free.erase(free);
    } else if (wasGiven(item)) {
        return nothing("an earlier rule dropped the item");
    } else if (m_trail) {
        pin.entry.candidate = static_cast<std::uint32_t>(m_trail->m_items.size());
        m_trail->m_items.push_back(item);
        m_trail->m_whyDropped.emplace_back();
        for (auto& places : m_trail->m_places)
            places.push_back(0);
        for (auto& scores : m_trail->m_scores)
            scores.push_back(0);
        for (auto& moved : m_trail->m_movedBy)
            moved.push_back(0);
    }
    (void)isFirst(item);
    m_pins.insert(std::ranges::upper_bound(m_pins, pin.place, {}, &Pin::place), pin);
}

void RuleRun::operator()(const FreshnessRule& rule)
{
    if (m_now == noTime)
        return nothing("no date is known");
    scale([&](ItemIndex item) {
        Timestamp added = m_catalog.added(item);
        if (added == noTime)
            added = m_catalog.medianAdded();
        const double age = std::max(0.0, secondsBetween(added, m_now)) / (rule.halfLife * secondsOfADay);
        return static_cast<float>(std::exp2(-std::min(age, mostHalfLives)));
    });
}

void RuleRun::operator()(const PositionBiasRule&)
{
    scale([&](ItemIndex item) { return item.value < m_ready->factors.size() ? m_ready->factors[item.value] : 1; });
}

std::vector<ItemIndex> RuleRun::pinnedItems() const
{
    std::vector<ItemIndex> items;
    for (const Pin& pin : m_pins)
        items.push_back(pin.entry.item);
    return items;
}

std::vector<ItemIndex> RuleRun::poolItems(int pool)
{
    const std::size_t n = std::min(m_free.size(), static_cast<std::size_t>(pool));
    std::vector<ItemIndex> items(n);
    m_relevance.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        items[i] = m_free[i].item;
        m_relevance[i] = m_free[i].score / m_free.front().score;
    }
    return items;
}

void RuleRun::operator()(const DiversityRule& rule)
{
    const auto items = poolItems(rule.pool);
    reorder(mmrOrder(m_catalog, rule.by, items, m_relevance, rule.lambda, static_cast<std::size_t>(rule.places),
                     pinnedItems()),
            items.size());
}

void RuleRun::operator()(const CalibrationRule& rule)
{
    const auto wanted = sharesOf(m_catalog, m_request.query.history);
    if (wanted.empty())
        return nothing("the history tells of no categories");
    const auto items = poolItems(rule.pool);
    reorder(calibratedOrder(m_catalog, wanted, items, m_relevance, rule.lambda, static_cast<std::size_t>(rule.places),
                            pinnedItems()),
            items.size());
}

// Keys of the race: the smallest wins; small ones are rare where an item is used much.
std::vector<double> RuleRun::raceKeys() const
{
    std::string who = fmt::format("explore {} ", m_now == noTime ? 0 : m_now / static_cast<Timestamp>(secondsOfADay));
    if (m_request.query.user)
        who += fmt::format("person {}", m_request.query.user->value);
    else // a guest is who has this history
        for (const HistoryEntry& entry : m_request.query.history)
            who += fmt::format("{},", entry.item.value);
    const std::uint64_t seed = seedFor(1, who);
    std::vector<double> keys;
    for (const Entry& entry : m_free) {
        Rng chance(seed ^ (std::uint64_t{entry.item.value} * 0x9E3779B97F4A7C15ULL));
        keys.push_back(-std::log1p(-chance.uniform()) *
                       (1 + std::log1p(static_cast<double>(m_catalog.usesOf(entry.item, m_request.query.now)))));
    }
    return keys;
}

void RuleRun::operator()(const ExploreRule& rule)
{
    std::vector<Entry> order = m_free;
    std::vector<double> keys = raceKeys();
    const auto every = static_cast<std::size_t>(rule.every);
    const std::size_t within = std::min(order.size(), static_cast<std::size_t>(rule.within));
    for (std::size_t place = every; place <= within; place += every) {
        const std::size_t at = place - 1;
        const auto best = std::min_element(keys.begin() + static_cast<std::ptrdiff_t>(at), keys.end()) - keys.begin();
        // What is passed goes one down.
        std::rotate(order.begin() + static_cast<std::ptrdiff_t>(at), order.begin() + best, order.begin() + best + 1);
        std::rotate(keys.begin() + static_cast<std::ptrdiff_t>(at), keys.begin() + best, keys.begin() + best + 1);
    }
    giveOut(std::move(order));
}

} // namespace orrery
