// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reranking/exposure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orrery {
namespace {

constexpr double unreachable = std::numeric_limits<double>::infinity();
constexpr double hair = 1e-12; // sums of the same scores in another order must not look like a gain
constexpr double secondsOfADay = 86'400;

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
    [[nodiscard]] bool findPaths();
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
    offerSwaps(person);
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
bool ExposureFlow::findPaths()
{
    std::ranges::fill(m_distances, unreachable);
    m_distances[root()] = 0;
    for (std::size_t round = 0; round < m_distances.size(); ++round) {
        bool any = relaxFreeArcs();
        for (std::size_t from = 0; from <= m_groups; ++from) {
            if (m_distances[from] == unreachable)
                continue;
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
            if (!findPaths())
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
    result.places.assign(m_counts.begin(), m_counts.end() - 1);
    result.after = worth();
    result.unmet = m_unmet;
    return result;
}

std::string ExposureFlow::nameOf(std::size_t node) const
{
    if (node == circle())
        return m_minima.circleName;
    return node < m_minima.names.size() ? fmt::format("'{}'", m_minima.names[node]) : fmt::format("group {}", node + 1);
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
    ExposureFlow flow(offers, k, minima);
    const double before = flow.worth();
    if (const auto met = flow.meetAll(job); !met)
        return tl::unexpected(met.error());
    ExposureResult result = flow.result();
    result.before = before;
    return result;
}

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
            static_cast<double>(catalog.lastEvent() - first[seller]) <= days * secondsOfADay)
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
