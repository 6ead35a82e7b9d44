// SPDX-License-Identifier: GPL-3.0-or-later
// Sources that go by what everybody did before the question.
#include "core/retrieval/candidate_source.h"
#include "core/retrieval/dated_lists.h"

#include "core/base/rng.h"
#include "core/data/time_distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::uint64_t halfLivesOfEvents = 50;
constexpr Timestamp leastHalfLife = 3600, momentsAHalfLife = 8, halfLivesKept = 10;
constexpr std::size_t keptItems = 4096; ///< of a list; who has more than that is served by a list of their own

using Use = EventIndex::Use;

bool bestFirst(const Found& a, const Found& b) { return a.score != b.score ? a.score > b.score : a.item < b.item; }

/// The first `most` of the items with a score above 0.
std::vector<Found> bestOf(std::vector<Found> items, std::size_t most)
{
    std::erase_if(items, [](const Found& one) { return !(one.score > 0); });
    const std::size_t kept = std::min(most, items.size());
    std::ranges::partial_sort(items, items.begin() + static_cast<std::ptrdiff_t>(kept), bestFirst);
    items.resize(kept);
    return items;
}

/// A list of everybody's by the moment of the question.
class DatedSource : public CandidateSource {
public:
    explicit DatedSource(std::shared_ptr<const EventIndex> events)
        : m_events(std::move(events)), m_grid(*m_events),
          m_lists([this](Timestamp moment) { return bestOf(scoresAt(moment), keptItems); })
    {
    }

    [[nodiscard]] Result<std::vector<Found>> find(const Query& query, std::span<const ItemIndex> without, std::size_t n,
                                                  const JobContext& job) const override
    {
        if (const auto alive = job.check(); !alive)
            return tl::unexpected(alive.error());
        const Timestamp moment = m_grid.before(query.now);
        const auto kept = m_lists.at(moment);
        std::vector<Found> found = firstOf(*kept, without, n);
        if (found.size() == n || kept->size() < keptItems)
            return found;
        return firstOf(bestOf(scoresAt(moment), n + without.size()), without, n);
    }

protected:
    /// One an item that may be worth a place; what has 0 or less has none.
    [[nodiscard]] virtual std::vector<Found> scoresAt(Timestamp moment) const = 0;

    std::shared_ptr<const EventIndex> m_events;
    MomentGrid m_grid;

private:
    static std::vector<Found> firstOf(const std::vector<Found>& list, std::span<const ItemIndex> without, std::size_t n)
    {
        std::vector<Found> found;
        for (const Found& one : list) {
            if (found.size() == n)
                break;
            if (!std::ranges::binary_search(without, one.item))
                found.push_back(one);
        }
        return found;
    }

    KeptByMoment<std::vector<Found>> m_lists;
};

class PopularSource final : public DatedSource {
public:
    using DatedSource::DatedSource;
    [[nodiscard]] std::string how() const override { return "the most used items before the moment"; }

private:
    [[nodiscard]] std::vector<Found> scoresAt(Timestamp moment) const override
    {
        std::vector<Found> items;
        for (std::uint32_t item = 0; item < m_events->dataset().itemCount(); ++item)
            items.push_back(
                {ItemIndex{item}, static_cast<float>(m_events->countBefore(Use::All, ItemIndex{item}, moment))});
        return items;
    }
};

class TrendingSource final : public DatedSource {
public:
    using DatedSource::DatedSource;
    [[nodiscard]] std::string how() const override
    {
        const double hours = static_cast<double>(m_grid.halfLife()) / 3600;
        return hours < 48 ? fmt::format("used more than usual; events halve in {:.0f} hours", hours)
                          : fmt::format("used more than usual; events halve in {:.0f} days", hours / 24);
    }

private:
    [[nodiscard]] std::vector<Found> scoresAt(Timestamp moment) const override
    {
        std::vector<Found> items;
        for (std::uint32_t item = 0; item < m_events->dataset().itemCount(); ++item)
            items.push_back({ItemIndex{item}, trendOf(ItemIndex{item}, moment)});
        return items;
    }
    [[nodiscard]] float trendOf(ItemIndex item, Timestamp moment) const
    {
        const auto times = m_events->times(Use::All, item);
        const auto end = std::ranges::lower_bound(times, moment);
        const auto timed = std::upper_bound(times.begin(), end, noTime);
        if (timed == end)
            return 0;
        const double perSecond = std::numbers::ln2 / static_cast<double>(m_grid.halfLife());
        double recent = 0;
        for (auto at = std::lower_bound(timed, end, earlierBy(moment, halfLivesKept * m_grid.halfLife())); at != end;
             ++at)
            recent += std::exp(-perSecond * secondsBetween(*at, moment));
        // n events spread evenly over a life of x half-lives' e-foldings leave n / x (1 - e^-x).
        const double life = std::max(1.0, secondsBetween(*timed, moment) * perSecond);
        const double expected = static_cast<double>(end - timed) / life * -std::expm1(-life);
        return static_cast<float>((recent - expected) / std::sqrt(expected + 1));
    }
};

class ExploringSource final : public CandidateSource {
public:
    ExploringSource(std::shared_ptr<const EventIndex> events, std::uint64_t seed)
        : m_events(std::move(events)), m_grid(*m_events), m_seed(seed),
          m_sums([this](Timestamp moment) { return sumsAt(moment); })
    {
    }

    [[nodiscard]] std::string how() const override { return "seldom used items, drawn by chance"; }
    [[nodiscard]] Result<std::vector<Found>> find(const Query& query, std::span<const ItemIndex> without, std::size_t n,
                                                  const JobContext& job) const override;

private:
    /// Sums of the chances of all items up to each.
    [[nodiscard]] std::vector<double> sumsAt(Timestamp moment) const
    {
        std::vector<double> sums;
        double sum = 0;
        for (std::uint32_t item = 0; item < m_events->dataset().itemCount(); ++item) {
            sum += 1 / std::sqrt(1 + static_cast<double>(m_events->countBefore(Use::All, ItemIndex{item}, moment)));
            sums.push_back(sum);
        }
        return sums;
    }
    [[nodiscard]] Rng chanceFor(const Query& query, Timestamp moment) const;

    std::shared_ptr<const EventIndex> m_events;
    MomentGrid m_grid;
    std::uint64_t m_seed;
    KeptByMoment<std::vector<double>> m_sums;
};

// A guest is who has this history.
Rng ExploringSource::chanceFor(const Query& query, Timestamp moment) const
{
    std::string who = fmt::format("explore {} ", moment);
    if (query.user)
        who += fmt::format("person {}", query.user->value);
    else
        for (const HistoryEntry& entry : query.history)
            who += fmt::format("{},", entry.item.value);
    return Rng(seedFor(m_seed, who));
}

Result<std::vector<Found>> ExploringSource::find(const Query& query, std::span<const ItemIndex> without, std::size_t n,
                                                 const JobContext& job) const
{
    if (const auto alive = job.check(); !alive)
        return tl::unexpected(alive.error());
    const Timestamp moment = m_grid.before(query.now);
    const auto sums = m_sums.at(moment);
    std::vector<Found> found;
    if (sums->empty())
        return found;
    Rng chance = chanceFor(query, moment);
    std::vector<bool> taken(sums->size(), false);
    for (const ItemIndex item : without)
        if (item.value < taken.size())
            taken[item.value] = true;
    // What is drawn again is passed over: the same as drawing without putting back. Small catalogs run out of luck.
    for (std::size_t draws = 0; found.size() < n && draws < 8 * n + 64; ++draws) {
        const auto at = std::ranges::upper_bound(*sums, chance.uniform() * sums->back()) - sums->begin();
        const auto item = std::min(static_cast<std::size_t>(at), sums->size() - 1);
        if (taken[item])
            continue;
        taken[item] = true;
        found.push_back({ItemIndex{static_cast<std::uint32_t>(item)},
                         static_cast<float>(n - found.size()) / static_cast<float>(n)});
    }
    return found;
}

} // namespace

MomentGrid::MomentGrid(const EventIndex& events)
    : m_halfLife(events.last() == noTime
                     ? leastHalfLife
                     : std::max(leastHalfLife,
                                static_cast<Timestamp>(distanceOf(events.first(), events.last()) / halfLivesOfEvents))),
      m_last(events.last())
{
}

Timestamp MomentGrid::before(Timestamp now) const
{
    if (m_last == noTime)
        return endOfTime;
    if (now > m_last)
        return m_last + 1;
    const Timestamp step = m_halfLife / momentsAHalfLife;
    return earlierBy(now, ((now % step) + step) % step);
}

SourcePtr makePopularSource(std::shared_ptr<const EventIndex> events)
{
    return std::make_shared<PopularSource>(std::move(events));
}

SourcePtr makeTrendingSource(std::shared_ptr<const EventIndex> events)
{
    return std::make_shared<TrendingSource>(std::move(events));
}

SourcePtr makeExploringSource(std::shared_ptr<const EventIndex> events, std::uint64_t seed)
{
    return std::make_shared<ExploringSource>(std::move(events), seed);
}

} // namespace orrery
