// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrieval/place_chances.h"

#include "core/base/rng.h"
#include "core/evaluation/source_worth.h"
#include "core/models/catalogue.h"
#include "core/pipeline/funnel_training.h"
#include "core/retrieval/merge.h"
#include "core/store/funnel_store.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr std::size_t places = 50;

/// `lists` lists of 50, whose item at a place is used with a chance of first / place^fall.
PlaceCounts drawn(std::uint32_t lists, double first, double fall)
{
    Rng rng(5);
    PlaceCounts counts{std::vector<std::uint32_t>(places, lists), std::vector<std::uint32_t>(places, 0)};
    for (std::size_t place = 0; place < places; ++place)
        for (std::uint32_t list = 0; list < lists; ++list)
            counts.hits[place] += rng.uniform() < first * std::pow(double(place + 1), -fall) ? 1 : 0;
    return counts;
}

double hitsOf(const PlaceCounts& counts) { return std::accumulate(counts.hits.begin(), counts.hits.end(), 0.0); }

double expectedOf(const PlaceCounts& counts)
{
    const auto chances = placeChances(counts);
    double sum = 0;
    for (std::size_t i = 0; i < chances.size(); ++i)
        sum += static_cast<double>(chances[i]) * counts.asked[i];
    return sum;
}

PlaceChancesPtr chancesOf(std::vector<std::vector<float>> byPlace)
{
    PlaceChances chances{{}, std::move(byPlace), "a test"};
    for (std::size_t i = 0; i < chances.byPlace.size(); ++i)
        chances.sources.push_back(fmt::format("s{}", i));
    return std::make_shared<const PlaceChances>(std::move(chances));
}

/// A year of people who use items of their own kind of three: what is alike tells more than what is popular.
std::shared_ptr<const Dataset> year()
{
    Rng rng(11);
    DatasetBuilder builder;
    builder.implicit();
    for (int person = 0; person < 90; ++person) {
        std::string row;
        for (int use = 0; use < 20; ++use)
            row += fmt::format("i{}@{} ", (person % 3) * 40 + static_cast<int>(rng.below(40)),
                               86'400 * (1 + static_cast<std::int64_t>(rng.below(365))));
        builder.row(fmt::format("p{}", person), row);
    }
    return builder.build();
}

FunnelRecipe byChance()
{
    FunnelRecipe recipe;
    recipe.name = "Funnel";
    recipe.sources = {{SourceChoice::Kind::Model, "kNN"}, {SourceChoice::Kind::Popular}};
    for (SourceChoice& source : recipe.sources)
        source.most = 40;
    recipe.mergeBy = MergeBy::Chance;
    return recipe;
}

const std::vector<FunnelPart> parts{{"kNN", nullptr, findAlgorithm("item-knn"), {}, 1}};

} // namespace

class PlaceChancesTest : public QObject {
    Q_OBJECT
private slots:
    void findWhatWasPlanted()
    {
        const PlaceCounts counts = drawn(20'000, .1, .8);
        const auto chances = placeChances(counts);
        QCOMPARE(chances.size(), places);
        for (const std::size_t place : {1U, 3U, 10U, 40U}) {
            const double planted = .1 * std::pow(static_cast<double>(place), -.8);
            QVERIFY2(std::abs(static_cast<double>(chances[place - 1]) - planted) < .15 * planted,
                     fmt::format("place {}: {} for {}", place, chances[place - 1], planted).c_str());
        }
    }

    // As many hits as there were, fewer with every place, whatever was counted.
    void fallAndSumToTheHits()
    {
        for (const auto& [lists, first] : {std::pair{5U, .3}, {100U, .05}, {3000U, .2}}) {
            const PlaceCounts counts = drawn(lists, first, .5);
            const auto chances = placeChances(counts);
            QVERIFY(std::ranges::adjacent_find(chances, std::less_equal<>()) == chances.end());
            QVERIFY(hitsOf(counts) > 0);
            QVERIFY2(std::abs(expectedOf(counts) - hitsOf(counts)) < 1e-3 * hitsOf(counts),
                     fmt::format("{} for {}", expectedOf(counts), hitsOf(counts)).c_str());
        }
        // Nothing was ever used: rare, and still in the order of the list.
        const auto never =
            placeChances({std::vector<std::uint32_t>(places, 10), std::vector<std::uint32_t>(places, 0)});
        QVERIFY(never.front() > never.back() && never.back() > 0 && never.front() < .05F);
        QVERIFY(placeChances({}).empty());
        // A later place that was luckier is pooled with those before it.
        PlaceCounts odd{{1000, 1000, 1000}, {10, 200, 50}};
        const auto pooled = placeChances(odd);
        QVERIFY(pooled[0] >= pooled[1] && pooled[0] < .15F);
    }

    // -ln(1 - .5) + 2 * -ln(1 - .1) for item 1, by hand.
    void mergesByChances()
    {
        const std::vector<std::vector<Found>> lists{{{ItemIndex{1}, 9}, {ItemIndex{2}, 8}, {ItemIndex{3}, 1}},
                                                    {{ItemIndex{2}, .5F}, {ItemIndex{1}, .4F}}};
        const std::vector<float> weights{1, 2};
        const Candidates merged = merge(lists, weights, MergeBy::Chance, 3, chancesOf({{.5F, .2F}, {.3F, .1F}}));
        QVERIFY(merged.by == MergeBy::Chance);
        QCOMPARE(merged.items, (std::vector<ItemIndex>{ItemIndex{2}, ItemIndex{1}, ItemIndex{3}}));
        QVERIFY(std::abs(static_cast<double>(merged.merged[1]) + std::log(.5) + 2 * std::log(.9)) < 1e-6);
        QVERIFY(std::abs(static_cast<double>(merged.merged[2]) + std::log(.8)) < 1e-6); // beyond what was learned
        double sum = 0;
        for (std::size_t source = 0; source < 2; ++source)
            sum += static_cast<double>(weights[source]) * merged.shareOf(source, merged.placesOf(0)[source], 0);
        QVERIFY(std::abs(sum - static_cast<double>(merged.merged[0])) < 1e-6);
        const Candidates places = merge(lists, weights, MergeBy::Chance, 3);
        QVERIFY(places.by == MergeBy::ReciprocalRank);
        QCOMPARE(places.merged, merge(lists, weights, MergeBy::ReciprocalRank, 3).merged);
    }

    void aFunnelLearnsItsMergeAndKeepsIt()
    {
        const auto dataset = year();
        const auto made = trainFunnel(byChance(), parts, dataset, JobContext({1, 2}));
        QVERIFY2(made.has_value(), made ? "" : made.error().message.c_str());
        const PlaceChances& learned = *(*made)->learning().merge;
        QCOMPARE(learned.sources, (std::vector<std::string>{"kNN", "Most used"}));
        QVERIFY2(learned.byPlace[0][0] > learned.byPlace[1][0], "items of the own kind are used, popular ones less");
        QVERIFY(*(*trainFunnel(byChance(), parts, dataset, JobContext({1, 1})))->learning().merge == learned);
        const Query query = queryFor(*dataset, UserIndex{4});
        const auto run = *(*made)->run(query, 10, TrailLevel::Full, JobContext());
        QVERIFY(run.candidates.by == MergeBy::Chance && run.mergeFallback.empty());
        for (const std::size_t candidate : {std::size_t{0}, run.candidates.size() - 1}) {
            const auto why = (*made)->ranker()->explain(query, run.candidates, run.ranked, candidate);
            double sum = 0;
            for (const Term& term : why.terms)
                sum += term.value;
            QVERIFY(std::abs(sum - static_cast<double>(run.candidates.merged[candidate])) < 1e-6);
        }
        QVERIFY((*made)->ranker()->explain(query, run.candidates, run.ranked, 0).terms[0].label.ends_with("of visits"));
        // Stored and opened again it gives the same lists.
        StoredFunnel stored{(*made)->recipe(), {}};
        save((*made)->learning(), stored.ranker);
        const auto again = openFunnel(stored, (*made)->parts(), (*made)->ground(), JobContext());
        QVERIFY(again);
        QVERIFY(*(*again)->learning().merge == learned);
        QCOMPARE((*again)->run(query, 10, TrailLevel::None, JobContext())->candidates.merged, run.candidates.merged);
        // Files of strangers.
        Artifact damaged = stored.ranker;
        damaged.put("merge/chances", std::span<const float>(std::vector<float>(80, 2.F)));
        QCOMPARE(loadLearning(damaged).error().code, Code::Corrupt);
        damaged.put("merge/chances", std::span<const float>());
        damaged.put("merge/places", std::span<const std::uint32_t>());
        QCOMPARE(loadLearning(damaged).error().code, Code::Corrupt);
        damaged = stored.ranker;
        damaged.put("merge/places", std::span<const std::uint32_t>(std::vector<std::uint32_t>{80, 1}));
        QCOMPARE(loadLearning(damaged).error().code, Code::Corrupt);
    }

    // What was not learned falls back to places, and says so.
    void fallsBackToPlaces()
    {
        const auto funnel = *trainFunnel(byChance(), parts, year(), JobContext());
        const Query query = queryFor(*year(), UserIndex{4});
        FunnelRecipe more = byChance();
        more.sources.push_back({SourceChoice::Kind::Trending});
        for (const auto& [recipe, learning, says] :
             {std::tuple{byChance(), FunnelLearning{}, "was not learned"}, {more, funnel->learning(), "is new"}}) {
            const auto other = *Funnel::open(recipe, funnel->parts(), funnel->ground(), JobContext(), learning);
            const auto run = *other->run(query, 5, TrailLevel::Full, JobContext());
            QVERIFY(run.candidates.by == MergeBy::ReciprocalRank);
            QVERIFY(run.mergeFallback.find(says) != std::string::npos);
            const auto list = *other->recommend(query, 5, TrailLevel::Full, JobContext());
            QVERIFY(list.fallback.find(says) != std::string::npos);
        }
        more.sources.back().on = false; // one that is off is not missed
        const auto same = *Funnel::open(more, funnel->parts(), funnel->ground(), JobContext(), funnel->learning());
        QVERIFY(same->run(query, 5, TrailLevel::None, JobContext())->mergeFallback.empty());
        QVERIFY(!trainFunnel(byChance(), parts, blockDataset(2, 10, 10), JobContext())->get()->learning().merge);
        // The worth of sources is that of the same merge.
        std::vector<Query> queries{query};
        const std::vector<std::vector<ItemIndex>> later{{ItemIndex{3}, ItemIndex{50}}};
        QVERIFY(worthOf(*funnel, queries, later, JobContext()));
    }
};

QTEST_APPLESS_MAIN(PlaceChancesTest)
#include "place_chances_test.moc"
