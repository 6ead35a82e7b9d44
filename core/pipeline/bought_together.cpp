// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipeline/bought_together.h"

#include "core/data/sittings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace orrery {
namespace {

constexpr std::size_t basketsPerCheck = 1 << 14;

/// The kind that baskets are made of; Rating: any.
EventKind basketKind(const EventLog& log, Baskets::What what)
{
    if (what == Baskets::What::Bought)
        for (const EventKind kind : {EventKind::Purchase, EventKind::Cart})
            if (std::ranges::find(log.kinds(), kind) != log.kinds().end())
                return kind;
    return EventKind::Rating;
}

std::vector<std::uint32_t> eventsOf(const Dataset& dataset, EventKind kind)
{
    const EventLog& log = dataset.log();
    const bool rated = dataset.feedback() == Feedback::Explicit;
    std::vector<std::uint32_t> events;
    for (std::uint32_t event = 0; event < log.size(); ++event) {
        const bool wanted =
            kind == EventKind::Rating ? dataset.kindWeights()[log.kindOf(event)] > 0 : log.kindOf(event) == kind;
        if (wanted && (!rated || log.values()[event] >= dataset.likedFrom()))
            events.push_back(event);
    }
    return events;
}

double entropyTerm(double count, double expected) { return count > 0 ? count * std::log(count / expected) : 0; }

void keepBest(std::vector<Together>& found, std::size_t n)
{
    const auto better = [](const Together& a, const Together& b) {
        return a.evidence != b.evidence ? a.evidence > b.evidence : a.item < b.item;
    };
    const auto kept = std::min(found.size(), n);
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept), better);
    found.resize(kept);
}

} // namespace

double logLikelihoodRatio(double both, double a, double b, double n)
{
    return 2 * (entropyTerm(both, a * b / n) + entropyTerm(a - both, a * (n - b) / n) +
                entropyTerm(b - both, (n - a) * b / n) + entropyTerm(n - a - b + both, (n - a) * (n - b) / n));
}

Result<Baskets> Baskets::collect(const Dataset& dataset, What what, const JobContext& job)
{
    const EventLog& log = dataset.log();
    Baskets out;
    out.m_kind = basketKind(log, what);
    std::vector<std::uint32_t> events = eventsOf(dataset, out.m_kind);
    if (const auto going = job.check(); !going)
        return tl::unexpected(going.error());
    const Sittings sittings = sittingsOf(log, std::move(events));
    std::vector<ItemIndex> basket;
    for (std::size_t sitting = 0; sitting < sittings.size(); ++sitting) {
        if (sitting % basketsPerCheck == 0)
            if (const auto going = job.check(); !going)
                return tl::unexpected(going.error());
        basket.clear();
        for (const std::uint32_t event : sittings.of(sitting))
            basket.push_back(log.items()[event]);
        std::ranges::sort(basket);
        basket.erase(std::unique(basket.begin(), basket.end()), basket.end());
        out.m_items.insert(out.m_items.end(), basket.begin(), basket.end());
        out.m_starts.push_back(out.m_items.size());
    }
    out.m_itemStarts.assign(dataset.itemCount() + 1, 0);
    for (const ItemIndex item : out.m_items)
        ++out.m_itemStarts[item.value + 1];
    std::partial_sum(out.m_itemStarts.begin(), out.m_itemStarts.end(), out.m_itemStarts.begin());
    out.m_baskets.resize(out.m_items.size());
    std::vector<std::uint64_t> next(out.m_itemStarts.begin(), out.m_itemStarts.end() - 1);
    for (std::uint32_t b = 0; b < out.size(); ++b)
        for (std::uint64_t at = out.m_starts[b]; at < out.m_starts[b + 1]; ++at)
            out.m_baskets[next[out.m_items[at].value]++] = b;
    return out;
}

std::span<const std::uint32_t> Baskets::basketsOf(ItemIndex item) const
{
    if (item.value + std::size_t{1} >= m_itemStarts.size())
        return {};
    return std::span(m_baskets).subspan(m_itemStarts[item.value],
                                        m_itemStarts[item.value + 1] - m_itemStarts[item.value]);
}

std::uint32_t Baskets::of(ItemIndex item) const { return static_cast<std::uint32_t>(basketsOf(item).size()); }

std::vector<Together> Baskets::partners(ItemIndex item, std::uint32_t support) const
{
    std::vector<ItemIndex> met;
    for (const std::uint32_t basket : basketsOf(item))
        for (std::uint64_t at = m_starts[basket]; at < m_starts[basket + 1]; ++at)
            if (m_items[at] != item)
                met.push_back(m_items[at]);
    std::ranges::sort(met);
    const auto n = static_cast<double>(size()), mine = static_cast<double>(of(item));
    std::vector<Together> found;
    for (auto at = met.begin(); at != met.end();) {
        const auto end = std::find_if(at, met.end(), [at](ItemIndex other) { return other != *at; });
        const auto both = static_cast<double>(end - at), theirs = static_cast<double>(of(*at));
        const double lift = n * both / (mine * theirs);
        if (both >= support && lift > 1)
            found.push_back({*at, static_cast<std::uint32_t>(both), static_cast<std::uint32_t>(theirs), lift,
                             logLikelihoodRatio(both, mine, theirs, n), item});
        at = end;
    }
    return found;
}

std::vector<Together> Baskets::with(ItemIndex item, std::size_t n, std::uint32_t support) const
{
    auto found = partners(item, support);
    keepBest(found, n);
    return found;
}

std::vector<Together> Baskets::withAll(std::span<const ItemIndex> cart, std::size_t n, std::uint32_t support) const
{
    std::map<ItemIndex, Together> joined;
    std::map<ItemIndex, double> evidence;
    for (const ItemIndex item : cart)
        for (const Together& one : partners(item, support)) {
            if (std::ranges::find(cart, one.item) != cart.end())
                continue;
            evidence[one.item] += one.evidence;
            const auto [at, isNew] = joined.try_emplace(one.item, one);
            if (!isNew && one.evidence > at->second.evidence)
                at->second = one;
        }
    std::vector<Together> found;
    for (auto& [item, one] : joined) {
        one.evidence = evidence[item];
        found.push_back(one);
    }
    keepBest(found, n);
    return found;
}

} // namespace orrery
