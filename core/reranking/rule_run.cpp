// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/rule_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery {
namespace {

float discount(std::size_t place) { return static_cast<float>(1 / std::log2(1 + static_cast<double>(place))); }

} // namespace

void giveDiscounts(std::vector<RankedEntry>& entries)
{
    float before = 0, given = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i == 0 || entries[i].score != before)
            given = discount(i + 1);
        before = std::exchange(entries[i].score, given);
    }
}

bool RuleRun::wasGiven(ItemIndex item) const
{
    const std::size_t word = item.value / 64;
    return word < m_items.size() && (m_items[word] >> (item.value % 64) & 1) != 0;
}

bool RuleRun::isFirst(ItemIndex item)
{
    if (wasGiven(item))
        return false;
    const std::size_t word = item.value / 64;
    if (word >= m_items.size())
        m_items.resize(word + 1, 0);
    m_items[word] |= std::uint64_t{1} << (item.value % 64);
    return true;
}

void RuleRun::start(std::span<const Candidate> candidates)
{
    m_given = static_cast<std::uint32_t>(candidates.size());
    m_items.assign(m_catalog.size() / 64 + 1, 0);
    m_free.reserve(candidates.size());
    std::vector<std::uint8_t> part(m_trail ? candidates.size() : 0, 0);
    for (std::uint32_t i = 0; i < m_given; ++i)
        if (candidates[i].item.valid() && !std::isnan(candidates[i].score) && isFirst(candidates[i].item)) {
            m_free.push_back({candidates[i].score, candidates[i].item, i});
            if (m_trail)
                part[i] = 1;
        }
    sortFree();
    giveDiscounts(m_free);
    if (m_trail)
        startTrail(candidates, part);
}

void RuleRun::sortFree()
{
    if (!std::ranges::is_sorted(m_free, better))
        std::ranges::sort(m_free, better);
}

void RuleRun::drop(const Entry& entry, const std::string& why)
{
    if (m_trail)
        m_trail->m_whyDropped[entry.candidate] = why;
}

void RuleRun::reorder(std::span<const std::uint32_t> first, std::size_t pool)
{
    std::vector<Entry> order;
    order.reserve(m_free.size());
    std::vector<std::uint8_t> chosen(pool, 0);
    for (const std::uint32_t place : first) {
        order.push_back(m_free[place]);
        chosen[place] = 1;
    }
    for (std::size_t place = 0; place < m_free.size(); ++place)
        if (place >= pool || chosen[place] == 0)
            order.push_back(m_free[place]);
    giveOut(std::move(order));
}

// Where two have the same score and the order is not that of the items, the second gets a hair less: the order holds.
void RuleRun::giveOut(std::vector<Entry> order)
{
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i].score = m_free[i].score;
        if (i > 0 && !better(order[i - 1], order[i]))
            order[i].score = std::nextafter(order[i - 1].score, -1.F);
    }
    m_free = std::move(order);
}

void RuleRun::nothing(std::string why)
{
    if (m_trail)
        m_trail->m_effects.back() = {RuleEffect::State::NothingToDo, std::move(why), 0, 0};
}

std::vector<Reranked> RuleRun::combined(std::size_t most) const
{
    std::vector<Reranked> list;
    const std::size_t n = std::min(most, m_free.size() + m_pins.size());
    list.reserve(n);
    auto free = m_free.begin();
    auto pin = m_pins.begin();
    while (list.size() < n) {
        const bool pinned = pin != m_pins.end() && (pin->place <= list.size() + 1 || free == m_free.end());
        const Entry& entry = pinned ? (pin++)->entry : *free++;
        list.push_back({entry.item, entry.score, entry.candidate, pinned});
    }
    return list;
}

std::vector<Reranked> RuleRun::first(std::size_t k) const
{
    auto list = combined(k);
    for (Reranked& one : list)
        one.candidate = std::min(one.candidate, m_given);
    return list;
}

void RuleRun::startTrail(std::span<const Candidate> candidates, const std::vector<std::uint8_t>& part)
{
    *m_trail = {};
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        m_trail->m_items.push_back(candidates[i].item);
        m_trail->m_whyDropped.emplace_back(part[i] != 0                      ? ""
                                           : std::isnan(candidates[i].score) ? "cannot be scored"
                                                                             : "named twice");
    }
    record();
}

void RuleRun::record()
{
    auto& places = m_trail->m_places.emplace_back(m_trail->m_items.size(), 0);
    auto& scores = m_trail->m_scores.emplace_back(m_trail->m_items.size(), 0.F);
    std::uint32_t place = 0;
    for (const Reranked& one : combined(Reranker::all)) {
        places[one.candidate] = ++place;
        scores[one.candidate] = one.score;
    }
}

// Moved is what stands at another place among those that are there before and after.
void RuleRun::recordEffect()
{
    record();
    const auto& after = m_trail->m_places.back();
    const auto& before = m_trail->m_places[m_trail->m_places.size() - 2];
    RuleEffect& effect = m_trail->m_effects.back();
    const auto orderBy = [&](const std::vector<std::uint32_t>& places) {
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < after.size(); ++i)
            if (before[i] > 0 && after[i] > 0)
                order.push_back(i);
        std::ranges::sort(order, {}, [&](std::uint32_t i) { return places[i]; });
        return order;
    };
    std::vector<std::uint8_t> moved(after.size(), 0);
    const auto was = orderBy(before), is = orderBy(after);
    std::vector<std::uint32_t> placeWas(after.size(), 0);
    for (std::uint32_t i = 0; i < was.size(); ++i)
        placeWas[was[i]] = i;
    for (std::uint32_t i = 0; i < is.size(); ++i)
        if (placeWas[is[i]] != i) {
            moved[is[i]] = 1;
            ++effect.moved;
        }
    for (std::size_t i = 0; i < after.size(); ++i)
        effect.dropped += before[i] > 0 && after[i] == 0 ? 1 : 0;
    m_trail->m_movedBy.push_back(std::move(moved));
}

void RuleRun::act(std::size_t rule)
{
    m_ready = &m_owner.m_ready[rule];
    const Rule& held = m_owner.rules().rules[rule];
    if (m_trail) {
        m_trail->m_words.push_back(wordsOf(held));
        m_trail->m_effects.emplace_back();
    }
    const std::string why = held.on && m_ready->lacks.empty() ? m_owner.whyNot(rule, m_request) : std::string{};
    if (!held.on) {
        if (m_trail)
            m_trail->m_effects.back().state = RuleEffect::State::Off;
    } else if (!m_ready->lacks.empty()) {
        nothing(m_ready->lacks);
    } else if (!why.empty()) {
        if (m_trail)
            m_trail->m_effects.back() = {RuleEffect::State::NotNow, why, 0, 0};
    } else if (std::holds_alternative<ExposureRule>(held.action)) {
        if (m_trail)
            m_trail->m_effects.back() = {RuleEffect::State::NotForOne, "acts over many people at once", 0, 0};
    } else {
        std::visit(*this, held.action);
    }
    if (m_trail)
        recordEffect();
}

} // namespace orrery
