// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulation/synthetic_world.h"

#include "core/simulation/planted_people.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr Timestamp secondsPerDay = 86'400;
constexpr std::size_t mostTastes = 64;
constexpr double yearInSeconds = 365.25 * secondsPerDay;

Timestamp lastDayOf(const WorldPlan& plan)
{
    return startOfYear(plan.lastYear + 1) - 2 * secondsPerDay; // a session that runs past midnight stays inside
}

Status checkPlan(const WorldPlan& plan)
{
    if (plan.people == 0 || plan.items == 0 || plan.tastes == 0 || plan.tastes > mostTastes)
        return error(Code::InvalidArgument, "A world needs at least one person, one item and 1 to 64 tastes");
    if (plan.people > 100'000'000 || plan.items > 100'000'000)
        return error(Code::InvalidArgument, "A world has at most 100,000,000 people and as many items");
    if (plan.firstYear < 1970 || plan.lastYear < plan.firstYear || plan.lastYear > 9998)
        return error(Code::InvalidArgument,
                     fmt::format("Ratings cannot run from {} to {}", plan.firstYear, plan.lastYear),
                     "Give two years from 1970 on, the earlier first");
    for (const double number : {plan.noise, plan.tasteInChoice, plan.tasteInRating}) {
        if (!(number >= 0 && number <= 10))
            return error(Code::InvalidArgument, "Noise and the weights of taste go from 0 to 10");
    }
    return {};
}

/// Whole numbers of sum `total`, near scale * activity and within [low, high].
std::vector<std::uint32_t> shareOut(const std::vector<double>& activity, std::uint64_t total, double low, double high)
{
    const auto wanted = [&](double scale, double a) { return std::clamp(scale * a, low, high); };
    double from = 0;
    double to = high / *std::ranges::min_element(activity);
    for (int step = 0; step < 100; ++step) {
        const double middle = (from + to) / 2;
        double sum = 0;
        for (const double a : activity)
            sum += wanted(middle, a);
        (sum < static_cast<double>(total) ? from : to) = middle;
    }
    std::vector<std::uint32_t> shares;
    shares.reserve(activity.size());
    double carried = 0; // what rounding down has left over so far
    for (const double a : activity) {
        carried += wanted(to, a);
        shares.push_back(static_cast<std::uint32_t>(carried + 1e-6));
        carried -= shares.back();
    }
    return shares;
}

/// Brings the sum to `total` by single steps within [low, high], person after person.
void settle(std::vector<std::uint32_t>& shares, std::uint64_t total, std::uint32_t low, std::uint32_t high)
{
    auto sum = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
    for (std::size_t i = 0; sum != total; i = (i + 1) % shares.size()) {
        if (sum < total && shares[i] < high) {
            ++shares[i];
            ++sum;
        } else if (sum > total && shares[i] > low) {
            --shares[i];
            --sum;
        }
    }
}

} // namespace

Result<SyntheticWorld> SyntheticWorld::build(const WorldPlan& plan)
{
    if (const auto fine = checkPlan(plan); !fine)
        return tl::unexpected(fine.error());
    SyntheticWorld world;
    world.m_plan = plan;
    auto catalogue = plan.catalogue.empty() ? Result<PlantedCatalogue>(inventCatalogue(plan)) : readCatalogue(plan);
    if (!catalogue)
        return tl::unexpected(catalogue.error());
    world.m_catalogue = std::move(*catalogue);
    if (world.m_catalogue.tastes.size() > mostTastes)
        return error(Code::InvalidArgument, fmt::format("The catalogue has {} tastes", world.m_catalogue.tastes.size()),
                     fmt::format("At most {} are possible", mostTastes));
    world.m_peopleSeed = seedFor(plan.seed, "world.people");
    if (const auto planned = world.planActivity(); !planned)
        return tl::unexpected(planned.error());
    world.prepareChoices();
    return world;
}

Status SyntheticWorld::planActivity()
{
    const Timestamp start = startOfYear(m_plan.firstYear);
    const auto old = static_cast<std::uint64_t>(
        std::ranges::count_if(m_catalogue.items, [&](const PlantedItem& item) { return item.released <= start; }));
    // Within what is out from the first day on, everybody can always find another item.
    const std::uint64_t high = m_plan.mostPerPerson > 0
                                   ? std::min<std::uint64_t>(m_plan.mostPerPerson, old)
                                   : std::max<std::uint64_t>(old / 2, std::min<std::uint64_t>(old, 1));
    if (m_plan.interactions < m_plan.people || m_plan.interactions > m_plan.people * high)
        return error(Code::InvalidArgument,
                     fmt::format("{} people cannot give {} ratings to {} items", m_plan.people, m_plan.interactions,
                                 m_catalogue.items.size()),
                     fmt::format("Here a person gives from 1 to {} ratings: half of the items that are out when the "
                                 "first rating is given, unless the plan says otherwise",
                                 high));
    const std::uint64_t low =
        std::min({static_cast<std::uint64_t>(m_plan.fewestPerPerson), m_plan.interactions / m_plan.people, high});
    std::vector<double> activity(m_plan.people);
    Rng rng(seedFor(m_plan.seed, "world.activity"));
    for (double& a : activity)
        a = std::exp(rng.normal());
    m_ratings = shareOut(activity, m_plan.interactions, static_cast<double>(low), static_cast<double>(high));
    settle(m_ratings, m_plan.interactions, static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(high));
    return {};
}

void SyntheticWorld::rankByAppeal()
{
    const auto items = static_cast<std::uint32_t>(m_catalogue.items.size());
    m_itemAt.resize(items);
    std::iota(m_itemAt.begin(), m_itemAt.end(), 0U);
    std::ranges::stable_sort(m_itemAt, std::greater{}, [&](std::uint32_t i) { return m_catalogue.items[i].appeal; });
    m_rankOf.resize(items);
    for (std::uint32_t rank = 0; rank < items; ++rank)
        m_rankOf[m_itemAt[rank]] = rank;
}

void SyntheticWorld::prepareChoices()
{
    rankByAppeal();
    for (const std::uint32_t i : m_itemAt) {
        const PlantedItem& item = m_catalogue.items[i];
        Choice choice{item.released, {}, static_cast<float>(item.quality), {}};
        for (std::size_t k = 0; k < item.shareCount; ++k) {
            choice.shares[k] = item.shares[k].share;
            choice.tastes[k] = static_cast<std::uint8_t>(item.shares[k].taste);
        }
        m_choices.push_back(choice);
    }
    prepareTastes();
}

void SyntheticWorld::prepareTastes()
{
    std::vector<std::vector<std::pair<double, std::uint32_t>>> ofTaste(m_catalogue.tastes.size());
    for (std::uint32_t i = 0; i < m_catalogue.items.size(); ++i) {
        const PlantedItem& item = m_catalogue.items[i];
        for (const auto& [taste, share] : item.tastes())
            ofTaste[taste].emplace_back(-share * std::exp(item.appeal), i);
    }
    for (auto& items : ofTaste) {
        std::ranges::sort(items);
        std::vector<double> weights;
        m_members.emplace_back();
        for (const auto& [negative, i] : items) {
            weights.push_back(-negative);
            m_members.back().push_back(m_rankOf[i]);
        }
        m_itemsOfTaste.push_back(weights.empty() ? WeightedPick{} : WeightedPick{weights});
    }
}

double SyntheticWorld::chanceToLove(const PlantedPerson& person, std::uint32_t taste) const
{
    double chance = std::sqrt(m_itemsOfTaste[taste].total()); // a taste that many items serve is a more common one
    for (const Audience& audience : m_catalogue.audiences) {
        if (audience.taste == taste && person.age >= audience.fromAge && person.age <= audience.toAge &&
            (audience.occupation.empty() || audience.occupation == person.occupation))
            chance *= audience.lift;
    }
    return chance;
}

void SyntheticWorld::plantTastes(PlantedPerson& person, Rng& rng) const
{
    const auto tastes = static_cast<std::uint32_t>(m_catalogue.tastes.size());
    std::vector<double> chances;
    for (std::uint32_t t = 0; t < tastes; ++t)
        chances.push_back(chanceToLove(person, t));
    const WeightedPick pick{chances};
    person.tastes.resize(tastes);
    for (double& taste : person.tastes)
        taste = .15 * rng.normal();
    for (std::uint64_t disliked = 1 + rng.below(4); disliked > 0; --disliked)
        person.tastes[rng.below(tastes)] = -.9 + .5 * rng.uniform();
    for (std::uint64_t loved = 1 + rng.below(4); loved > 0; --loved)
        person.tastes[pick(rng)] = .7 + .5 * rng.uniform();
}

PlantedPerson SyntheticWorld::drawPerson(std::size_t index, Rng& rng) const
{
    const Who who = drawWho(rng);
    PlantedPerson person{index, who.age, who.gender, who.occupation};
    person.mean = 3.5 + .3 * rng.normal();
    person.wholeStars = rng.uniform() < .2;
    person.ratings = m_ratings[index];
    plantTastes(person, rng);
    // Most people come early and stay to the end, so that a split by time has them on both sides.
    const Timestamp first = startOfYear(m_plan.firstYear);
    const auto span = static_cast<double>(lastDayOf(m_plan) - first);
    const double joined = rng.uniform() < .7 ? .15 * rng.uniform() : .15 + .65 * rng.uniform();
    const double left = rng.uniform() < .88 ? 1 : joined + .1 + (.9 - joined) * rng.uniform();
    person.joined = first + static_cast<Timestamp>(joined * span);
    person.left = first + static_cast<Timestamp>(left * span);
    return person;
}

Timestamp SyntheticWorld::drawEvening(const PlantedPerson& person, Rng& rng) const
{
    const auto firstDay = person.joined / secondsPerDay;
    const auto days = static_cast<std::uint64_t>(person.left / secondsPerDay - firstDay + 1);
    auto day = firstDay + static_cast<Timestamp>(rng.below(days));
    const bool weekend = (day + 3) % 7 >= 4; // Friday to Sunday; day 0 was a Thursday
    if (!weekend && rng.uniform() < .35)
        day = firstDay + static_cast<Timestamp>(rng.below(days));
    return day * secondsPerDay + drawHour(rng) * 3600 + static_cast<Timestamp>(rng.below(3600));
}

std::vector<SyntheticWorld::Session> SyntheticWorld::drawSessions(const PlantedPerson& person,
                                                                  const WeightedPick& tastes, Rng& rng) const
{
    std::vector<Session> sessions;
    for (std::uint32_t left = person.ratings; left > 0;) {
        std::uint32_t size =
            sessions.empty() ? std::min(1 + person.ratings / 8, 40U) : 1; // newcomers tell what they know
        while (size < left && size < 40 && rng.uniform() < .7)
            ++size;
        sessions.push_back({drawEvening(person, rng), std::min(size, left), tastes(rng)});
        left -= sessions.back().ratings;
    }
    std::vector<Timestamp> starts;
    for (const Session& session : sessions)
        starts.push_back(session.start);
    std::ranges::sort(starts);
    for (std::size_t s = 0; s < sessions.size(); ++s)
        sessions[s].start = starts[s];
    return sessions;
}

WeightedPick SyntheticWorld::tasteChoice(const PlantedPerson& person) const
{
    std::vector<double> weights;
    for (std::size_t t = 0; t < person.tastes.size(); ++t)
        weights.push_back(m_itemsOfTaste[t].total() * std::exp(m_plan.tasteInChoice * person.tastes[t]));
    return WeightedPick{weights};
}

double SyntheticWorld::matchOf(const PlantedPerson& person, const Choice& item)
{
    double match = 0;
    for (std::size_t k = 0; k < item.shares.size(); ++k)
        match += item.shares[k] * person.tastes[item.tastes[k]];
    return match;
}

bool SyntheticWorld::accepts(const PlantedPerson& person, const Choice& item, Timestamp at, Rng& rng) const
{
    constexpr double newness = 1.5; // on its first day an item is chosen 2.5 times as often as later
    const double years = static_cast<double>(at - item.released) / yearInSeconds;
    const double news = years < 3 ? 1 + newness * std::exp(-2 * years) : 1;
    const double u = rng.uniform() * (1 + newness) / news;
    if (u >= 1)
        return false;
    return u < std::exp(m_plan.tasteInChoice * (std::min(matchOf(person, item), 1.) - 1));
}

std::uint32_t SyntheticWorld::choose(const PlantedPerson& person, Timestamp at, std::uint32_t mood,
                                     const WeightedPick& tastes, Scratch& scratch, Rng& rng) const
{
    const auto open = [&](std::uint32_t rank) {
        return scratch.seenBy[rank] != scratch.round && m_choices[rank].released <= at;
    };
    for (int attempt = 0; attempt < 300; ++attempt) {
        const std::uint32_t taste = rng.uniform() < .5 ? mood : tastes(rng);
        const std::uint32_t rank = m_members[taste][m_itemsOfTaste[taste](rng)];
        if (open(rank) && accepts(person, m_choices[rank], at, rng))
            return rank;
    }
    // Who has seen nearly all of what they like takes anything.
    const auto items = static_cast<std::uint32_t>(m_choices.size());
    auto item = static_cast<std::uint32_t>(rng.below(items));
    while (!open(m_rankOf[item]))
        item = (item + 1) % items;
    return m_rankOf[item];
}

std::uint8_t SyntheticWorld::rate(const PlantedPerson& person, const Choice& item, Rng& rng) const
{
    const double stars =
        person.mean + item.quality + m_plan.tasteInRating * (matchOf(person, item) - .2) + m_plan.noise * rng.normal();
    const double step = person.wholeStars ? 1 : .5;
    const double given = std::clamp(std::round(stars / step) * step, step, 5.);
    return static_cast<std::uint8_t>(std::lround(given * 2));
}

SyntheticWorld::Life SyntheticWorld::live(std::size_t index, Scratch& scratch) const
{
    Rng rng(seedFor(m_peopleSeed + index, "world.person"));
    Life life{drawPerson(index, rng), {}};
    const WeightedPick tastes = tasteChoice(life.person);
    scratch.seenBy.resize(m_choices.size());
    if (++scratch.round == 0) { // marks of 256 people ago would look like this one's
        std::ranges::fill(scratch.seenBy, std::uint8_t{0});
        scratch.round = 1;
    }
    life.ratings.reserve(life.person.ratings);
    for (const Session& session : drawSessions(life.person, tastes, rng)) {
        Timestamp at = session.start;
        for (std::uint32_t k = 0; k < session.ratings; ++k) {
            const std::uint32_t rank = choose(life.person, at, session.mood, tastes, scratch, rng);
            scratch.seenBy[rank] = scratch.round;
            life.ratings.push_back({m_itemAt[rank], rate(life.person, m_choices[rank], rng), at});
            at += 20 + static_cast<Timestamp>(rng.below(280));
        }
    }
    std::ranges::sort(life.ratings, {}, &PlantedRating::item);
    return life;
}

} // namespace orrery
