// SPDX-License-Identifier: GPL-3.0-or-later
// Exposure against every way of filling the lists, tried one by one.
#include "core/base/rng.h"
#include "core/reranking/exposure.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

struct Case {
    std::vector<std::vector<Offer>> offers;
    ExposureMinima minima;
    std::size_t k = 2;
};

/// Small enough to try everything: 4 people, 5 offers each of 3 groups or nobody, lists of 2.
Case caseOf(std::uint64_t seed)
{
    Rng rng(seed);
    Case made;
    made.minima.each.assign(3, 0);
    for (std::size_t& each : made.minima.each)
        each = rng.below(4);
    if (rng.below(2) == 0) {
        made.minima.circle = {0, 2};
        made.minima.circleTogether = rng.below(8);
    }
    for (int person = 0; person < 4; ++person) {
        auto& own = made.offers.emplace_back();
        for (int i = 0; i < 5; ++i) {
            const auto group = static_cast<std::uint32_t>(rng.below(5));
            own.push_back({double(rng.below(20)) / 10, group >= 3 ? noGroup : group, i < 2 && rng.below(6) == 0});
        }
    }
    return made;
}

/// The largest sum of scores that meets all minima; -1 where none does.
double bestByTrying(const Case& tried)
{
    double best = -1;
    std::vector<std::size_t> counts(tried.minima.each.size(), 0);
    const std::function<void(std::size_t, double)> fill = [&](std::size_t person, double sum) {
        if (person == tried.offers.size()) {
            bool met = true;
            for (std::size_t group = 0; group < counts.size(); ++group)
                met = met && counts[group] >= tried.minima.each[group];
            std::size_t circle = 0;
            for (const auto group : tried.minima.circle)
                circle += counts[group];
            if (met && circle >= tried.minima.circleTogether)
                best = std::max(best, sum);
            return;
        }
        const auto& own = tried.offers[person];
        const auto held = static_cast<std::size_t>(std::ranges::count(own, true, &Offer::held));
        for (unsigned set = 0; set < 1U << own.size(); ++set) {
            if (static_cast<std::size_t>(std::popcount(set)) != std::min(tried.k, own.size()))
                continue;
            std::size_t heldIn = 0;
            double worth = 0;
            for (std::size_t i = 0; i < own.size(); ++i)
                if ((set >> i & 1U) != 0) {
                    heldIn += own[i].held ? 1 : 0;
                    worth += own[i].score;
                }
            if (heldIn < std::min(held, tried.k))
                continue;
            const auto count = [&](int by) {
                for (std::size_t i = 0; i < own.size(); ++i)
                    if ((set >> i & 1U) != 0 && own[i].group != noGroup)
                        counts[own[i].group] += static_cast<std::size_t>(by);
            };
            count(1);
            fill(person + 1, sum + worth);
            count(-1);
        }
    };
    fill(0, 0);
    return best;
}

std::size_t circlePlaces(const Case& asked, const ExposureResult& got)
{
    std::size_t places = 0;
    for (const auto group : asked.minima.circle)
        places += got.places[group];
    return places;
}

} // namespace

class ExposureTest : public QObject {
    Q_OBJECT
private slots:
    void theCheapestSwapMeetsAMinimum()
    {
        // Group 1 is in nobody's first two. Ann would give up .5 - .4, Bob .6 - .1.
        const std::vector<std::vector<Offer>> offers = {{{1, 0}, {.5, 0}, {.4, 1}}, {{.9, 0}, {.6, 0}, {.1, 1}}};
        const auto got = exposeLists(offers, 2, {{0, 1}, {}, 0}, {}).value();
        QCOMPARE(got.shown[0], (std::vector<std::uint32_t>{0, 2}));
        QCOMPARE(got.shown[1], (std::vector<std::uint32_t>{0, 1}));
        QVERIFY(std::abs(got.before - 3) < 1e-12 && std::abs(got.after - 2.9) < 1e-12);
        QVERIFY(std::abs(got.cost() - .1 / 3) < 1e-12);
        QVERIFY(got.unmet.empty());
    }

    // As good as the best of all ways, and infeasible where there is none: the bar is within 1 %.
    void noWayIsBetter()
    {
        int feasible = 0, infeasible = 0, circles = 0;
        for (std::uint64_t seed = 1; seed <= 400; ++seed) {
            const Case tried = caseOf(seed);
            const double best = bestByTrying(tried);
            const auto got = exposeLists(tried.offers, tried.k, tried.minima, {}).value();
            QCOMPARE(got.unmet.empty(), best >= 0);
            for (const Unmet& unmet : got.unmet) {
                QVERIFY(!unmet.why.empty());
                QVERIFY(unmet.reached < unmet.wanted);
            }
            ++(best >= 0 ? feasible : infeasible);
            if (best < 0)
                continue;
            circles += tried.minima.circleTogether > 0 ? 1 : 0;
            QVERIFY2(std::abs(got.after - best) < 1e-9, fmt::format("{}: {} of {}", seed, got.after, best).c_str());
            for (std::size_t group = 0; group < 3; ++group)
                QVERIFY(got.places[group] >= tried.minima.each[group]);
            QVERIFY(circlePlaces(tried, got) >= tried.minima.circleTogether);
        }
        QVERIFY(feasible > 100 && infeasible > 50 && circles > 30);
    }

    // What cannot be met is raised as far as it goes: one more is infeasible.
    void anUnmetMinimumIsRaisedAsFarAsItGoes()
    {
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            Case tried = caseOf(seed);
            const auto got = exposeLists(tried.offers, tried.k, tried.minima, {}).value();
            if (got.unmet.size() != 1 || got.unmet[0].group == noGroup)
                continue;
            std::size_t& least = tried.minima.each[got.unmet[0].group];
            least = got.unmet[0].reached;
            QVERIFY(std::abs(bestByTrying(tried) - got.after) < 1e-9);
            ++least;
            QVERIFY(bestByTrying(tried) < 0);
        }
    }

    void reasonsSayWhatIsMissing()
    {
        const std::vector<std::vector<Offer>> offers = {{{1, 0}, {.5, 0}, {.4, 1}}, {{.9, 0}, {.6, 0}}};
        const auto few = exposeLists(offers, 1, {{0, 2}, {}, 0, {"Acme", "Beta"}}, {}).value();
        QCOMPARE(few.unmet.size(), std::size_t{1});
        QCOMPARE(few.unmet[0].reached, std::size_t{1});
        QVERIFY2(few.unmet[0].why.starts_with("'Beta' can have 1 of 2 places at most"), few.unmet[0].why.c_str());
        const auto many = exposeLists(offers, 1, {{2, 1}, {}, 0}, {}).value();
        QCOMPARE(many.unmet.size(), std::size_t{1});
        QVERIFY2(many.unmet[0].why.starts_with("all minima together ask for 3 places, and there are 2"),
                 many.unmet[0].why.c_str());
        // Both ask for the one list that could show either.
        const std::vector<std::vector<Offer>> contested = {{{1, 0}, {.5, 1}}, {{.9, noGroup}}};
        const auto both = exposeLists(contested, 1, {{1, 1}, {}, 0}, {}).value();
        QCOMPARE(both.unmet.size(), std::size_t{1});
        QVERIFY2(both.unmet[0].why.find("needed for the minima of others") != std::string::npos,
                 both.unmet[0].why.c_str());
    }

    // Those without a minimum cost nothing, so that there may be as many as there are.
    void manySellersMayAskForNothing()
    {
        constexpr std::uint32_t sellers = 20'000;
        ExposureMinima minima{std::vector<std::size_t>(sellers, 0), {}, 6};
        std::vector<std::vector<Offer>> offers;
        for (std::uint32_t person = 0; person < 10; ++person) {
            auto& own = offers.emplace_back();
            for (std::uint32_t i = 0; i < 100; ++i)
                own.push_back({1 - .01 * i, person * 1000 + i});
        }
        for (std::uint32_t seller = 0; seller < sellers; ++seller)
            if (seller % 50 == 49)
                minima.circle.push_back(seller);
        minima.each[3007] = 1;
        const auto got = exposeLists(offers, 5, minima, {}).value();
        QVERIFY(got.unmet.empty());
        QCOMPARE(got.places.size(), std::size_t{sellers});
        QCOMPARE(got.places[3007], std::size_t{1});
        std::size_t circle = 0;
        for (const std::uint32_t seller : minima.circle)
            circle += got.places[seller];
        QCOMPARE(circle, std::size_t{6});
        // Worked by hand: each of six lists swaps its fifth offer for its fiftieth, one for its eighth.
        QVERIFY(std::abs(got.before - got.after - (6 * .45 + .03)) < 1e-9);
    }

    void tooManyMinimaAreRefused()
    {
        const std::vector<std::vector<Offer>> offers = {{{1, 0}}};
        const auto refused = exposeLists(offers, 1, {std::vector<std::size_t>(2001, 1)}, {});
        QCOMPARE(refused.error().code, Code::InvalidArgument);
        QVERIFY(refused.error().message.find("2,001") != std::string::npos && !refused.error().hint.empty());
    }

    void wrongOffersAreErrors()
    {
        const std::vector<std::vector<Offer>> nan = {{{std::nan(""), 0}}}, beyond = {{{1, 7}}};
        QVERIFY(exposeLists(nan, 1, {{0}}, {}).error().code == Code::InvalidArgument);
        QVERIFY(exposeLists(beyond, 1, {{0}}, {}).error().code == Code::InvalidArgument);
        QVERIFY(exposeLists({}, 3, {{1}}, {}).value().unmet.size() == 1);
    }

    void aRuleOfASetIsSettledOverAllPeople()
    {
        DatasetBuilder shop;
        std::string all;
        for (int i = 0; i < 40; ++i)
            all += fmt::format(" i{}@{}", i, 1'700'000'000 + i * 86'400);
        shop.implicit().row("everybody", all);
        for (int i = 0; i < 40; ++i)
            shop.tags("seller", fmt::format("i{}", i), {i < 30 ? fmt::format("s{}", i % 3) : i < 35 ? "s3" : "s4"});
        const auto catalog = RuleCatalog::open(shop.build(), {}).value();
        // Item 0 is the best for all; s3 (i30 to i34) and s4 (i35 to i39) are in no first 10. s4 alone is new for 5
        // days.
        std::vector<std::vector<Candidate>> candidates(10);
        for (auto& own : candidates)
            for (std::uint32_t i = 0; i < 40; ++i)
                own.push_back({ItemIndex{i}, -float(i)});
        std::vector<RuleRequest> requests(10);
        requests[9].shelf = "elsewhere";
        const auto reranker =
            Reranker::make({"", {{PinRule{"i5", 10}}, {ExposureRule{.05, .1, 5}, true, {.shelves = "here"}}}}, catalog)
                .value();
        for (int person = 0; person < 9; ++person)
            requests[static_cast<std::size_t>(person)].shelf = "here";
        const auto got = rerankExposed(*reranker, candidates, requests, 10, {}).value();
        QVERIFY(got.exposure.unmet.empty());
        QCOMPARE(got.sellers.size(), std::size_t{5});
        QCOMPARE(got.newSellers.size(), std::size_t{1});
        std::vector<std::size_t> places(5, 0);
        for (std::size_t person = 0; person < 9; ++person) {
            QCOMPARE(got.lists[person].size(), std::size_t{10});
            QCOMPARE(got.lists[person][9].item, ItemIndex{5}); // the pin
            for (const Reranked& one : got.lists[person])
                ++places[catalog->groupOf(ItemGroup::Seller, one.item)];
            for (std::size_t i = 2; i < 9; ++i)
                QVERIFY(got.lists[person][i - 1].score >= got.lists[person][i].score);
        }
        QCOMPARE(places[3], std::size_t{5});                                      // 5 % of 90, rounded up
        QCOMPARE(places[4], std::size_t{9});                                      // 10 %
        QCOMPARE(got.lists[9], reranker->rerank(candidates[9], requests[9], 10)); // the rule does not hold for them
        QVERIFY(got.exposure.cost() > 0 && got.exposure.cost() < .2);
    }
};

QTEST_APPLESS_MAIN(ExposureTest)
#include "exposure_test.moc"
