// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/exposure.h"

#include "core/base/words.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr double unreachable = std::numeric_limits<double>::infinity();
constexpr std::size_t mostMinima = 2000;
constexpr double hair = 1e-12; // sums of the same scores in another order must not look like a gain

/// The offers of one group to one person: held ones first, then by score. Those shown are always the first of them.
struct Row {
    std::uint32_t group = 0;
    std::vector<std::uint32_t> offers;
    std::size_t shown = 0;
};

/// Removing an offer of one group from somebody's list and showing one of another there.
struct Swap {
    double cost = 0;
    std::uint32_t person = 0, version = 0;
};
bool costsMore(const Swap& a, const Swap& b) { return a.cost != b.cost ? a.cost > b.cost : a.person > b.person; }

/// Lists that are optimal for the minima met so far, and the paths that meet the next one.
class ExposureFlow {
public:
    ExposureFlow(std::span<const std::vector<Offer>> offers, std::size_t k, const ExposureMinima& minima)
        : m_offers(offers), m_minima(minima), m_groups(minima.each.size()), m_circleLeast(minima.circleTogether),
          m_least(minima.each), m_inCircle(m_groups + 1, 0), m_counts(m_groups + 1, 0), m_rows(offers.size()),
          m_versions(offers.size(), 0), m_swaps((m_groups + 1) * (m_groups + 1)), m_distances(m_groups + 3),
          m_from(m_groups + 3)
    {
        m_least.push_back(0); // of what is nobody's
        for (const std::uint32_t group : minima.circle)
            m_inCircle[group] = 1;
        for (std::uint32_t person = 0; person < offers.size(); ++person)
            showBest(person, k);
    }

    [[nodiscard]] Status meetAll(const JobContext& job);
    [[nodiscard]] ExposureResult result() const;
    [[nodiscard]] double worth() const;

private:
    [[nodiscard]] std::size_t nobodys() const { return m_groups; }
    [[nodiscard]] std::size_t circle() const { return m_groups + 1; }
    [[nodiscard]] std::size_t root() const { return m_groups + 2; }
    [[nodiscard]] double scoreOf(std::uint32_t person, std::uint32_t offer) const
    {
        return m_offers[person][offer].score;
    }

    void showBest(std::uint32_t person, std::size_t k);
    void offerSwaps(std::uint32_t person);
    [[nodiscard]] const Swap* cheapest(std::size_t from, std::size_t to);
    [[nodiscard]] std::size_t circleCount() const;
    [[nodiscard]] Result<bool> findPaths(const JobContext& job);
    bool relax(std::size_t from, std::size_t to, double cost);
    bool relaxFreeArcs();
    void follow(std::size_t to);
    std::uint32_t swap(std::size_t from, std::size_t to);
    [[nodiscard]] std::string whyUnmet(std::size_t node, std::size_t wanted) const;
    [[nodiscard]] std::size_t mostPlaces(std::size_t node) const;
    [[nodiscard]] std::size_t asked() const;
    [[nodiscard]] std::string nameOf(std::size_t node) const;

    std::span<const std::vector<Offer>> m_offers;
    const ExposureMinima& m_minima;
    std::size_t m_groups;
    std::size_t m_circleLeast;
    std::vector<std::size_t> m_least; ///< by group; lowered where it cannot be met
    std::vector<std::uint8_t> m_inCircle;
    std::vector<std::size_t> m_counts; ///< places by group
    std::vector<std::vector<Row>> m_rows;
    std::vector<std::size_t> m_lengths; ///< of each person's list
    std::vector<std::uint32_t> m_versions;
    std::vector<std::vector<Swap>> m_swaps; ///< heaps by group to group; swaps of former versions are passed over
    std::vector<double> m_distances;
    std::vector<std::size_t> m_from;
    std::vector<Unmet> m_unmet;
};

void ExposureFlow::showBest(std::uint32_t person, std::size_t k)
{
    const auto& offers = m_offers[person];
    std::vector<std::uint32_t> order(offers.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return offers[a].held != offers[b].held ? offers[a].held : offers[a].score > offers[b].score;
    });
    auto& rows = m_rows[person];
    const std::size_t length = std::min(k, offers.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint32_t group = std::min(offers[order[i]].group, static_cast<std::uint32_t>(nobodys()));
        auto row = std::ranges::find(rows, group, &Row::group);
        if (row == rows.end())
            row = rows.insert(rows.end(), {group, {}, 0});
        row->offers.push_back(order[i]);
        if (i < length) {
            ++row->shown;
            ++m_counts[group];
        }
    }
    m_lengths.push_back(length);
}

void ExposureFlow::offerSwaps(std::uint32_t person)
{
    const std::uint32_t version = ++m_versions[person];
    for (const Row& from : m_rows[person]) {
        if (from.shown == 0 || m_offers[person][from.offers[from.shown - 1]].held)
            continue;
        const double given = scoreOf(person, from.offers[from.shown - 1]);
        for (const Row& to : m_rows[person]) {
            if (to.group == from.group || to.shown == to.offers.size())
                continue;
            auto& heap = m_swaps[from.group * (m_groups + 1) + to.group];
            heap.push_back({given - scoreOf(person, to.offers[to.shown]), person, version});
            std::ranges::push_heap(heap, costsMore);
        }
    }
}

const Swap* ExposureFlow::cheapest(std::size_t from, std::size_t to)
{
    auto& heap = m_swaps[from * (m_groups + 1) + to];
    while (!heap.empty() && heap.front().version != m_versions[heap.front().person]) {
        std::ranges::pop_heap(heap, costsMore);
        heap.pop_back();
    }
    return heap.empty() ? nullptr : &heap.front();
}

// What its groups are still to get is promised to the circle already.
std::size_t ExposureFlow::circleCount() const
{
    std::size_t count = 0;
    for (std::size_t group = 0; group < m_groups; ++group)
        if (m_inCircle[group] != 0)
            count += std::max(m_counts[group], m_least[group]);
    return count;
}

bool ExposureFlow::relax(std::size_t from, std::size_t to, double cost)
{
    if (!(m_distances[from] + cost < m_distances[to] - hair))
        return false;
    m_distances[to] = m_distances[from] + cost;
    m_from[to] = from;
    return true;
}

// A group above its minimum gives a place away; one of the circle only to another of it, unless the circle has enough.
bool ExposureFlow::relaxFreeArcs()
{
    bool any = false;
    if (circleCount() > m_circleLeast)
        any = relax(root(), circle(), 0) || any;
    for (std::size_t group = 0; group <= m_groups; ++group) {
        const std::size_t parent = m_inCircle[group] != 0 ? circle() : root();
        any = (parent == circle() && relax(group, parent, 0)) || any;
        any = (m_counts[group] > m_least[group] && relax(parent, group, 0)) || any;
    }
    return any;
}

// Bellman and Ford: costs may be below 0, cycles never are, as the lists are optimal for what is met.
Result<bool> ExposureFlow::findPaths(const JobContext& job)
{
    std::ranges::fill(m_distances, unreachable);
    m_distances[root()] = 0;
    for (std::size_t round = 0; round < m_distances.size(); ++round) {
        bool any = relaxFreeArcs();
        for (std::size_t from = 0; from <= m_groups; ++from) {
            if (m_distances[from] == unreachable)
                continue;
            if (const auto alive = job.check(); !alive)
                return tl::unexpected(alive.error());
            for (std::size_t to = 0; to <= m_groups; ++to)
                if (from != to)
                    if (const Swap* swap = cheapest(from, to))
                        any = relax(from, to, swap->cost) || any;
        }
        if (!any)
            return true;
    }
    return false;
}

std::uint32_t ExposureFlow::swap(std::size_t from, std::size_t to)
{
    const std::uint32_t person = cheapest(from, to)->person;
    for (Row& row : m_rows[person])
        if (row.group == from)
            --row.shown;
        else if (row.group == to)
            ++row.shown;
    --m_counts[from];
    ++m_counts[to];
    return person;
}

void ExposureFlow::follow(std::size_t to)
{
    std::vector<std::uint32_t> changed;
    for (std::size_t node = to; node != root(); node = m_from[node])
        if (node <= m_groups && m_from[node] <= m_groups)
            changed.push_back(swap(m_from[node], node));
    for (const std::uint32_t person : changed)
        offerSwaps(person);
}

Status ExposureFlow::meetAll(const JobContext& job)
{
    for (std::uint32_t person = 0; person < m_rows.size(); ++person) {
        if (const auto alive = job.check(); !alive)
            return alive;
        offerSwaps(person);
    }
    std::vector<std::size_t> nodes(m_groups);
    std::iota(nodes.begin(), nodes.end(), std::size_t{0});
    nodes.push_back(circle());
    for (const std::size_t node : nodes) {
        const bool isCircle = node == circle();
        std::size_t& least = isCircle ? m_circleLeast : m_least[node];
        for (;;) {
            const std::size_t count = isCircle ? circleCount() : m_counts[node];
            if (count >= least)
                break;
            if (const auto alive = job.check(); !alive)
                return alive;
            const auto found = findPaths(job);
            if (!found)
                return tl::unexpected(found.error());
            if (!*found)
                return error(Code::Internal, "Scores cannot be told apart well enough to settle the exposure");
            if (m_distances[node] == unreachable) {
                m_unmet.push_back(
                    {isCircle ? noGroup : static_cast<std::uint32_t>(node), least, count, whyUnmet(node, least)});
                least = count;
                break;
            }
            follow(node);
        }
    }
    return {};
}

double ExposureFlow::worth() const
{
    double sum = 0;
    for (std::uint32_t person = 0; person < m_rows.size(); ++person)
        for (const Row& row : m_rows[person])
            for (std::size_t i = 0; i < row.shown; ++i)
                sum += scoreOf(person, row.offers[i]);
    return sum;
}

ExposureResult ExposureFlow::result() const
{
    ExposureResult result;
    for (std::uint32_t person = 0; person < m_rows.size(); ++person) {
        auto& shown = result.shown.emplace_back();
        for (const Row& row : m_rows[person])
            shown.insert(shown.end(), row.offers.begin(), row.offers.begin() + static_cast<std::ptrdiff_t>(row.shown));
        std::ranges::sort(shown, [&](std::uint32_t a, std::uint32_t b) {
            const double x = scoreOf(person, a), y = scoreOf(person, b);
            return x != y ? x > y : a < b;
        });
    }
    result.after = worth();
    result.unmet = m_unmet;
    return result;
}

std::string ExposureFlow::nameOf(std::size_t node) const
{
    if (node == circle())
        return m_minima.circleName;
    return m_minima.names[node];
}

/// Places that a group, or the circle, could have if nothing else were asked for.
std::size_t ExposureFlow::mostPlaces(std::size_t node) const
{
    std::size_t most = 0;
    for (std::size_t person = 0; person < m_rows.size(); ++person) {
        std::size_t own = 0, othersHeld = 0;
        for (const Row& row : m_rows[person]) {
            if (node == circle() ? m_inCircle[row.group] != 0 : row.group == node)
                own += row.offers.size();
            else
                for (std::size_t i = 0; i < row.shown; ++i)
                    othersHeld += m_offers[person][row.offers[i]].held ? 1 : 0;
        }
        most += std::min(own, m_lengths[person] - othersHeld);
    }
    return most;
}

std::size_t ExposureFlow::asked() const
{
    std::size_t all = 0, inCircle = 0;
    for (std::size_t group = 0; group < m_groups; ++group)
        (m_inCircle[group] != 0 ? inCircle : all) += m_minima.each[group];
    return all + std::max(inCircle, m_minima.circleTogether);
}

std::string ExposureFlow::whyUnmet(std::size_t node, std::size_t wanted) const
{
    const std::size_t places = std::accumulate(m_lengths.begin(), m_lengths.end(), std::size_t{0});
    if (const std::size_t most = mostPlaces(node); most < wanted)
        return fmt::format("{} can have {} of {} places at most: nothing more of theirs is among the candidates",
                           nameOf(node), most, places);
    if (const std::size_t all = asked(); all > places)
        return fmt::format("all minima together ask for {} places, and there are {}", all, places);
    return fmt::format("the lists that could show {} are needed for the minima of others", nameOf(node));
}

/// The same with fewer groups: those with a minimum of their own, and one for all others of the circle. What asks for
/// nothing is as good as nobody's, so the optimum is the same, and its cost depends on the minima alone.
class FewerGroups {
public:
    FewerGroups(std::span<const std::vector<Offer>> offers, const ExposureMinima& minima)
        : m_minima(minima), m_groupOf(minima.each.size(), noGroup)
    {
        m_fewer.circleTogether = minima.circleTogether;
        m_fewer.circleName = minima.circleName;
        for (std::uint32_t group = 0; group < minima.each.size(); ++group)
            if (minima.each[group] > 0)
                m_groupOf[group] = add(group);
        joinCircle();
        m_offers.assign(offers.begin(), offers.end());
        for (auto& own : m_offers)
            for (Offer& offer : own)
                offer.group = offer.group == noGroup ? noGroup : m_groupOf[offer.group];
    }

    [[nodiscard]] const ExposureMinima& minima() const { return m_fewer; }
    [[nodiscard]] std::span<const std::vector<Offer>> offers() const { return m_offers; }

    /// What was found, told of the groups that were asked for.
    void tellOf(std::span<const std::vector<Offer>> offers, ExposureResult& result) const
    {
        for (Unmet& unmet : result.unmet)
            if (unmet.group != noGroup)
                unmet.group = m_asked[unmet.group];
        result.places.assign(m_groupOf.size(), 0);
        for (std::size_t person = 0; person < offers.size(); ++person)
            for (const std::uint32_t offer : result.shown[person])
                if (const std::uint32_t group = offers[person][offer].group; group != noGroup)
                    ++result.places[group];
    }

private:
    std::uint32_t add(std::uint32_t group)
    {
        m_asked.push_back(group);
        m_fewer.each.push_back(m_minima.each[group]);
        m_fewer.names.push_back(group < m_minima.names.size() ? fmt::format("'{}'", m_minima.names[group])
                                                              : fmt::format("group {}", group + 1));
        return static_cast<std::uint32_t>(m_asked.size() - 1);
    }

    void joinCircle()
    {
        std::uint32_t others = noGroup;
        for (const std::uint32_t group : m_minima.circle) {
            if (m_minima.each[group] > 0) {
                m_fewer.circle.push_back(m_groupOf[group]);
                continue;
            }
            if (others == noGroup)
                m_fewer.circle.push_back(others = add(group));
            m_groupOf[group] = others;
        }
    }

    const ExposureMinima& m_minima;
    ExposureMinima m_fewer;
    std::vector<std::uint32_t> m_groupOf; ///< of the fewer, by group; noGroup: asks for nothing
    std::vector<std::uint32_t> m_asked;   ///< group of each of the fewer
    std::vector<std::vector<Offer>> m_offers;
};

Status checkNumber(std::size_t groups)
{
    if (groups <= mostMinima)
        return {};
    return error(Code::InvalidArgument,
                 fmt::format("{} sellers have a minimum of places of their own, and {} may", grouped(groups),
                             grouped(mostMinima)),
                 "Ask for a minimum of the new sellers together, and none for each");
}

Status checkOffers(std::span<const std::vector<Offer>> offers, const ExposureMinima& minima)
{
    for (const auto& one : offers)
        for (const Offer& offer : one)
            if (!std::isfinite(offer.score) || (offer.group != noGroup && offer.group >= minima.each.size()))
                return error(Code::InvalidArgument, "An offer has no finite score, or is of a group that is not known");
    if (std::ranges::any_of(minima.circle, [&](std::uint32_t group) { return group >= minima.each.size(); }))
        return error(Code::InvalidArgument, "A group of the circle is not known");
    return {};
}

} // namespace

Result<ExposureResult> exposeLists(std::span<const std::vector<Offer>> offers, std::size_t k,
                                   const ExposureMinima& minima, const JobContext& job)
{
    if (const auto fine = checkOffers(offers, minima); !fine)
        return tl::unexpected(fine.error());
    const auto asking =
        static_cast<std::size_t>(std::ranges::count_if(minima.each, [](auto each) { return each > 0; }));
    if (const auto fine = checkNumber(asking); !fine)
        return tl::unexpected(fine.error());
    const FewerGroups fewer(offers, minima);
    ExposureFlow flow(fewer.offers(), k, fewer.minima());
    const double before = flow.worth();
    if (const auto met = flow.meetAll(job); !met)
        return tl::unexpected(met.error());
    ExposureResult result = flow.result();
    fewer.tellOf(offers, result);
    result.before = before;
    return result;
}

} // namespace orrery
