// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/place_chances.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr double gentlest = .02, steepest = 2, extraHits = 5, extraFall = .5, halfHits = 50, leastHits = .5;
constexpr double leastChance = 1e-9, mostChance = .95;
constexpr int searchSteps = 60;
constexpr std::size_t mostSources = 1000, mostPlaces = 10'000;

/// sum of asked / place^fall, and the same with the logarithm of the place in it.
struct Weighed {
    double sum = 0, logs = 0;
};
Weighed weighed(const std::vector<std::uint32_t>& asked, double fall)
{
    Weighed out;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const double log = std::log(static_cast<double>(i + 1)), share = asked[i] * std::exp(-fall * log);
        out.sum += share;
        out.logs += share * log;
    }
    return out;
}

/// c / place^b: hits are taken as of Poisson distributions, whose likelihood is concave in b once c is the best for it.
std::vector<double> curveOf(const PlaceCounts& counts, double hits)
{
    const Weighed gentle = weighed(counts.asked, extraFall);
    double logs = extraHits * gentle.logs / gentle.sum;
    for (std::size_t i = 0; i < counts.hits.size(); ++i)
        logs += counts.hits[i] * std::log(static_cast<double>(i + 1));
    const auto likelihood = [&](double fall) {
        return -(hits + extraHits) * std::log(weighed(counts.asked, fall).sum) - fall * logs;
    };
    double low = gentlest, high = steepest;
    for (int step = 0; step < searchSteps; ++step) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        (likelihood(a) < likelihood(b) ? low : high) = likelihood(a) < likelihood(b) ? a : b;
    }
    const double fall = (low + high) / 2, first = std::max(hits, leastHits) / weighed(counts.asked, fall).sum;
    std::vector<double> curve;
    for (std::size_t i = 0; i < counts.asked.size(); ++i)
        curve.push_back(first * std::pow(static_cast<double>(i + 1), -fall));
    return curve;
}

/// Shares of hits that never rise: neighbours that do are pooled.
std::vector<double> fallingShares(const PlaceCounts& counts)
{
    struct Pool {
        double asked = 0, hits = 0;
        std::size_t places = 0;
        [[nodiscard]] double share() const { return asked > 0 ? hits / asked : 0; }
    };
    std::vector<Pool> pools;
    for (std::size_t i = 0; i < counts.asked.size(); ++i) {
        pools.push_back({static_cast<double>(counts.asked[i]), static_cast<double>(counts.hits[i]), 1});
        while (pools.size() > 1 && pools.back().share() >= pools[pools.size() - 2].share()) {
            const Pool last = pools.back();
            pools.pop_back();
            pools.back().asked += last.asked;
            pools.back().hits += last.hits;
            pools.back().places += last.places;
        }
    }
    std::vector<double> shares;
    for (const Pool& pool : pools)
        shares.insert(shares.end(), pool.places, pool.share());
    return shares;
}

tl::unexpected<Error> damaged(std::string_view what)
{
    return error(Code::Corrupt, fmt::format("What the merge of a funnel learned is damaged: {}", what),
                 "Train it again");
}

bool isFalling(std::span<const float> chances)
{
    return !chances.empty() && chances.size() <= mostPlaces &&
           std::ranges::all_of(chances, [](float one) { return one > 0 && one < 1; }) &&
           std::ranges::is_sorted(chances, std::greater<>());
}

} // namespace

std::vector<float> placeChances(const PlaceCounts& counts)
{
    const double hits = std::accumulate(counts.hits.begin(), counts.hits.end(), 0.0);
    if (counts.asked.empty() || counts.asked.front() == 0)
        return {};
    const std::vector<double> curve = curveOf(counts, hits), shares = fallingShares(counts);
    const double own = hits / (hits + halfHits);
    std::vector<float> chances;
    for (std::size_t i = 0; i < curve.size(); ++i)
        chances.push_back(
            static_cast<float>(std::clamp(own * shares[i] + (1 - own) * curve[i], leastChance, mostChance)));
    return chances;
}

PlaceChancesPtr inOrderOf(const PlaceChancesPtr& chances, std::span<const std::string> names)
{
    if (!chances)
        return nullptr;
    auto out = std::make_shared<PlaceChances>();
    out->learnedFrom = chances->learnedFrom;
    for (const std::string& name : names) {
        const auto found = std::ranges::find(chances->sources, name);
        if (found == chances->sources.end())
            return nullptr;
        out->sources.push_back(name);
        out->byPlace.push_back(chances->byPlace[static_cast<std::size_t>(found - chances->sources.begin())]);
    }
    return out;
}

void save(const PlaceChances& chances, Artifact& artifact)
{
    std::vector<std::uint32_t> lengths;
    std::vector<float> all;
    for (std::size_t i = 0; i < chances.sources.size(); ++i) {
        artifact.putText(fmt::format("merge/source {:04}", i), chances.sources[i]);
        lengths.push_back(static_cast<std::uint32_t>(chances.byPlace[i].size()));
        all.insert(all.end(), chances.byPlace[i].begin(), chances.byPlace[i].end());
    }
    artifact.put("merge/places", std::span<const std::uint32_t>(lengths));
    artifact.put("merge/chances", std::span<const float>(all));
    artifact.putText("merge/learned from", chances.learnedFrom);
}

Result<PlaceChances> loadPlaceChances(const Artifact& artifact)
{
    const auto lengths = artifact.indices("merge/places", Artifact::anyLength, mostPlaces + 1);
    const auto all = artifact.floats("merge/chances");
    auto words = artifact.text("merge/learned from");
    for (const Error* failure : std::initializer_list<const Error*>{
             lengths ? nullptr : &lengths.error(), all ? nullptr : &all.error(), words ? nullptr : &words.error()})
        if (failure)
            return tl::unexpected(*failure);
    if (lengths->empty() || lengths->size() > mostSources ||
        std::accumulate(lengths->begin(), lengths->end(), std::size_t{0}) != all->size())
        return damaged("the number of its chances");
    PlaceChances out;
    out.learnedFrom = std::move(*words);
    auto next = all->begin();
    for (std::size_t i = 0; i < lengths->size(); ++i) {
        auto name = artifact.text(fmt::format("merge/source {:04}", i));
        if (!name)
            return tl::unexpected(name.error());
        out.sources.push_back(std::move(*name));
        out.byPlace.emplace_back(next, next + (*lengths)[i]);
        next += (*lengths)[i];
        if (!isFalling(out.byPlace.back()))
            return damaged(fmt::format("the chances of '{}'", out.sources.back()));
    }
    return out;
}

} // namespace orrery
