// SPDX-License-Identifier: GPL-3.0-or-later
// Rules on lists that are worked out by hand, properties of all of them, and files of strangers.
#include "core/base/rng.h"
#include "core/reranking/reranker.h"
#include "core/reranking/rule_set.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

constexpr Timestamp day = 86'400, start = 1'700'000'000;

/// Eight goods, scored 8 down to 1 in this order: a1 a2 a3 a4 (audio, Acme), b1 b2 (books, Beta), c1 (no category,
/// Acme), d1 (audio, Beta). a2 is sold out, b2 promoted, d1 new and of the highest margin.
struct Shop {
    std::shared_ptr<const Dataset> data = [] {
        DatasetBuilder shop;
        shop.implicit().row("ann", "a1@1700000000 b1@1700000100").row("bob", "a1 a2 a3 a4 b1 b2 c1 d1");
        for (const char* item : {"a1", "a2", "a3", "a4", "d1"})
            shop.tags("category", item, {"audio", item});
        for (const char* item : {"b1", "b2"})
            shop.tags("category", item, {"books"});
        for (const char* item : {"a1", "a2", "a3", "a4", "c1"})
            shop.tags("brand", item, {"Acme"});
        for (const char* item : {"b1", "b2", "d1"})
            shop.tags("brand", item, {"Beta"});
        for (const char* item : {"a1", "a3", "a4", "b1", "b2", "c1", "d1"})
            shop.number("stock", item, 5).number("margin", item, item == std::string("d1") ? 9 : 1);
        return shop.number("stock", "a2", 0)
            .number("promoted", "b2", 1)
            .number("price", "a1", 10)
            .number("price", "b1", 30)
            .text("added", "d1", "2023-11-14")
            .text("added", "a1", "2020-01-01")
            .build();
    }();
    std::shared_ptr<const RuleCatalog> catalog = RuleCatalog::open(data, {}).value();

    [[nodiscard]] ItemIndex item(std::string_view id) const { return *data->findItem(id); }
    [[nodiscard]] std::vector<Candidate> candidates() const
    {
        std::vector<Candidate> made;
        float score = 8;
        for (const char* id : {"a1", "a2", "a3", "a4", "b1", "b2", "c1", "d1"})
            made.push_back({item(id), score--});
        return made;
    }
    [[nodiscard]] std::shared_ptr<const Reranker> made(std::vector<Rule> rules) const
    {
        return Reranker::make({"test", std::move(rules)}, catalog).value();
    }
    [[nodiscard]] std::string ids(const std::vector<Reranked>& list) const
    {
        std::string text;
        for (const Reranked& one : list)
            text += std::string(text.empty() ? "" : " ") + std::string(data->itemIds().name(one.item.value));
        return text;
    }
    [[nodiscard]] std::string list(std::vector<Rule> rules, const RuleRequest& request = {}, std::size_t k = 8) const
    {
        return ids(made(std::move(rules))->rerank(candidates(), request, k));
    }
};

RuleRequest annsRequest(const Shop& shop)
{
    RuleRequest request{queryFor(*shop.data, UserIndex{0})};
    request.query.now = start + 10 * day;
    return request;
}

#define COMPARE_TEXT(actual, expected) QCOMPARE(QString::fromStdString(actual), QString(expected))

/// A catalog of `items` with tags, brands, margins, stock, dates and vectors by chance, and candidates in any order.
struct RandomShop {
    std::shared_ptr<const Dataset> data;
    std::shared_ptr<const RuleCatalog> catalog;
    std::vector<Candidate> candidates;
    RuleRequest request;

    RandomShop(std::uint32_t items, std::uint64_t seed)
    {
        Rng rng(seed);
        DatasetBuilder shop;
        std::string all;
        for (std::uint32_t i = 0; i < items; ++i)
            all += fmt::format(" i{}@{}", i, start + static_cast<Timestamp>(rng.below(100)) * day);
        shop.implicit().row("everybody", all).row("ann", "i1@1700000000 i5@1700000000 i7@1700000000");
        for (std::uint32_t i = 0; i < items; ++i) {
            const auto id = fmt::format("i{}", i);
            shop.tags("category", id, {fmt::format("c{}", rng.below(6)), fmt::format("s{}", rng.below(20))});
            shop.tags("brand", id, {fmt::format("b{}", rng.below(9))});
            shop.number("stock", id, static_cast<double>(rng.below(5)));
            shop.number("margin", id, rng.uniform());
            shop.number("promoted", id, static_cast<double>(rng.below(2)));
            shop.vector("v", id, {float(rng.normal()), float(rng.normal()), float(rng.normal())});
        }
        data = shop.build();
        catalog = RuleCatalog::open(data, {}).value();
        for (std::uint32_t i = 0; i < items; ++i)
            candidates.push_back({ItemIndex{i}, static_cast<float>(rng.below(items))}); // some ties
        rng.shuffle(std::span(candidates));
        request.query = queryFor(*data, UserIndex{1});
        request.query.now = start + 100 * day;
        request.session = {ItemIndex{3}};
    }
};

std::vector<Rule> everyRule()
{
    return {{InStockRule{}},
            {UnseenRule{}},
            {MarginRule{}},
            {PromotedRule{}},
            {NewRule{}},
            {SessionRule{}},
            {PinRule{"i9", 2}},
            {BoostRule{"brand = b3", .5}},
            {BuryRule{"brand = b4"}},
            {FreshnessRule{}},
            {FilterRule{"brand != b5"}},
            {CapRule{CapRule::Of::EveryCategory, 9}},
            {CalibrationRule{}},
            {DiversityRule{}},
            {CapRule{CapRule::Of::Brand, 5}},
            {PinRule{"i11", 4}}};
}

} // namespace

class RulesTest : public QObject {
    Q_OBJECT
private slots:
    void scoresAreDiscountsOfPlaces()
    {
        const std::vector<Candidate> stars = {{ItemIndex{4}, 3.F},
                                              {ItemIndex{2}, 5.F},
                                              {ItemIndex{9}, 3.F},
                                              {ItemIndex{1}, std::nanf("")},
                                              {ItemIndex{0}, 1.F}};
        const auto scores = placeScores(stars);
        QCOMPARE(scores[1], 1.F); // 1 / log2(2)
        QCOMPARE(scores[0], float(1 / std::log2(3.0)));
        QCOMPARE(scores[2], scores[0]); // the same score, the same place
        QCOMPARE(scores[4], float(1 / std::log2(5.0)));
        QCOMPARE(scores[3], 0.F);
    }

    void withoutRulesItIsTheOrderOfScores()
    {
        const Shop shop;
        auto candidates = shop.candidates();
        std::ranges::reverse(candidates);
        candidates[0].score = candidates[1].score;    // d1 and c1: the lower item first
        candidates.push_back({shop.item("d1"), 100}); // the second time does not count
        const auto list = shop.made({})->rerank(candidates, {}, 20);
        COMPARE_TEXT(shop.ids(list), "a1 a2 a3 a4 b1 b2 c1 d1");
        QVERIFY(shop.item("c1") < shop.item("d1"));
        QCOMPARE(shop.made({})->rerank(candidates, {}, 3).size(), std::size_t{3});
    }

    void filtersDropAndTheRestMovesUp()
    {
        const Shop shop;
        COMPARE_TEXT(shop.list({{InStockRule{}}}, {}, 3), "a1 a3 a4");
        COMPARE_TEXT(shop.list({{UnseenRule{}}}, annsRequest(shop), 3), "a2 a3 a4");
        COMPARE_TEXT(shop.list({{FilterRule{"brand = beta"}}}), "b1 b2 d1");
        COMPARE_TEXT(shop.list({{FilterRule{"price 5..20"}}}), "a1");
        RuleRequest bought;
        bought.purchased = {shop.item("a3")};
        COMPARE_TEXT(shop.list({{UnseenRule{UnseenRule::What::Purchased}}}, bought, 3), "a1 a2 a4");
    }

    void capsCountByKind()
    {
        const Shop shop;
        COMPARE_TEXT(shop.list({{CapRule{}}}), "a1 a2 a3 b1 b2 c1"); // c1 has no category and is not counted
        COMPARE_TEXT(shop.list({{CapRule{CapRule::Of::Brand, 2}}}), "a1 a2 b1 b2");
        COMPARE_TEXT(shop.list({{CapRule{CapRule::Of::Subcategory, 1}}}), "a1 a2 a3 a4 b1 c1 d1");
        COMPARE_TEXT(shop.list({{CapRule{CapRule::Of::EveryCategory, 1}}}), "a1 b1 c1");
    }

    // By hand: discounts of places 1 to 8 are 1, .631, .5, .431, .387, .356, .333, .315.
    void boostsMoveByPlaces()
    {
        const Shop shop;
        // b2 .356 x 1.2 = .427: above .387 and below .431
        COMPARE_TEXT(shop.list({{PromotedRule{}}}), "a1 a2 a3 a4 b2 b1 c1 d1");
        // d1 .315 x 1.1 = .347: between .356 and .333
        COMPARE_TEXT(shop.list({{MarginRule{}}}), "a1 a2 a3 a4 b1 b2 d1 c1");
        const auto request = annsRequest(shop);
        COMPARE_TEXT(shop.list({{NewRule{1.1, 20}}}, request), "a1 a2 a3 a4 b1 b2 d1 c1"); // 10 days old
        COMPARE_TEXT(shop.list({{NewRule{1.1, 7}}}, request), "a1 a2 a3 a4 b1 b2 c1 d1");
        RuleRequest session;
        session.session = {shop.item("b1")};
        // b1 .387 x 1.2 = .464 above a4, b2 .427 below it
        COMPARE_TEXT(shop.list({{SessionRule{}}}, session), "a1 a2 a3 b1 a4 b2 c1 d1");
        COMPARE_TEXT(shop.list({{BoostRule{"brand = Beta", .5}}}), "a1 a2 a3 a4 c1 b1 b2 d1");
        COMPARE_TEXT(shop.list({{BuryRule{"brand = Acme"}}}), "b1 b2 d1 a1 a2 a3 a4 c1");
    }

    void aFactorMovesAPlaceToItsRoot()
    {
        std::vector<Candidate> many;
        for (std::uint32_t i = 0; i < 1000; ++i)
            many.push_back({ItemIndex{i}, -float(i)});
        DatasetBuilder builder;
        std::string all;
        for (int i = 0; i < 1000; ++i)
            all += fmt::format(" i{}", i);
        builder.row("ann", all).number("price", "i100", 5).number("price", "i1", 1);
        const auto catalog = RuleCatalog::open(builder.build(), {}).value();
        const auto reranker = Reranker::make({"", {{BoostRule{"price = 5", 1.1}}}}, catalog).value();
        const auto list = reranker->rerank(many, {}, 1000);
        const auto place = std::ranges::find(list, ItemIndex{100}, &Reranked::item) - list.begin() + 1;
        QCOMPARE(place, std::ptrdiff_t(std::ceil(std::pow(102.0, 1 / 1.1) - 1))); // from place 101
    }

    void pinsHold()
    {
        const Shop shop;
        COMPARE_TEXT(shop.list({{PinRule{"d1", 2}}}), "a1 d1 a2 a3 a4 b1 b2 c1");
        // Later rules drop others around it, and reorder what is free; a filter drops it still.
        COMPARE_TEXT(shop.list({{PinRule{"a4", 1}}, {CapRule{CapRule::Of::Category, 2}}, {BuryRule{"brand = Acme"}}}),
                     "a4 b1 b2 a1 c1");
        COMPARE_TEXT(shop.list({{PinRule{"a2", 1}}, {InStockRule{}}}, {}, 2), "a1 a3");
        COMPARE_TEXT(shop.list({{InStockRule{}}, {PinRule{"a2", 1}}}, {}, 2), "a1 a3"); // it stays dropped
        COMPARE_TEXT(shop.list({{PinRule{"d1", 1}}, {PinRule{"c1", 1}}, {PinRule{"d1", 3}}}, {}, 4), "c1 a1 d1 a2");
        COMPARE_TEXT(shop.list({{FilterRule{"brand = Beta"}}, {PinRule{"b2", 100}}}), "b1 d1 b2"); // as far as it goes
        auto few = shop.candidates();
        few.resize(2);
        const auto added = shop.made({{PinRule{"d1", 1}}})->rerank(few, {}, 5);
        COMPARE_TEXT(shop.ids(added), "d1 a1 a2");
        QCOMPARE(added[0].candidate, 2U);
        QVERIFY(added[0].pinned);
    }

    void freshnessHalves()
    {
        const Shop shop;
        RuleRequest request = annsRequest(shop);
        // Only a1 (2020) and d1, b1 (2023) have dates; what has none is as old as the median (b1 or d1: days).
        const auto list = shop.made({{FreshnessRule{30}}})->rerank(shop.candidates(), request, 8);
        QCOMPARE(list.back().item, shop.item("a1"));
        const auto a2 = std::ranges::find(list, shop.item("d1"), &Reranked::item);
        const double age = double(request.query.now - shop.catalog->added(shop.item("d1"))) / double(day);
        QVERIFY(std::abs(double(a2->score) - std::exp2(-age / 30) / std::log2(9.0)) < 1e-6);
    }

    void positionBiasIsTakenOut()
    {
        // x: 30 clicks at place 1; y: 10 at place 4. With eta 1: mean weight (30 + 40) / 40 = 1.75;
        // x (30 / 1.75 + 10) / 40 = .679, y (40 / 1.75 + 10) / 20 = 1.643.
        EventLog log;
        Event event;
        event.user = UserIndex{0};
        event.kind = EventKind::Click;
        for (int i = 0; i < 40; ++i) {
            event.item = ItemIndex{i < 30 ? 0U : 1U};
            event.position = i < 30 ? 1 : 4;
            log.append(event);
        }
        event.kind = EventKind::Impression; // is no click
        event.position = 9;
        log.append(event);
        const auto two = DatasetBuilder{}.implicit().row("ann", "x y").build();
        const auto catalog = RuleCatalog::open(two->withLog(std::move(log)), {}).value();
        const auto weights = catalog->positionWeights(1);
        QVERIFY(std::abs(double(weights[0]) - (30 / 1.75 + 10) / 40) < 1e-6);
        QVERIFY(std::abs(double(weights[1]) - (40 / 1.75 + 10) / 20) < 1e-6);
        for (const float weight : catalog->positionWeights(0))
            QVERIFY(std::abs(weight - 1) < 1e-6F);
        // .631 x 1.643 = 1.04 > 1 x .679
        const std::vector<Candidate> both = {{ItemIndex{0}, 2}, {ItemIndex{1}, 1}};
        const auto reranker = Reranker::make({"", {{PositionBiasRule{}}}}, catalog).value();
        QCOMPARE(reranker->rerank(both, {}, 1)[0].item, ItemIndex{1});
    }

    void conditionsSayWhen()
    {
        const Shop shop;
        RuleRequest request = annsRequest(shop);
        request.query.who = {{"gender", "F"}, {"spends", "120"}};
        request.query.context = {{"weekday", "Saturday"}};
        request.shelf = "for-you";
        const auto holds = [&](When when) {
            return shop.made({{BuryRule{"brand = Acme"}, true, std::move(when)}})->whyNot(0, request).empty();
        };
        QVERIFY(holds({}));
        QVERIFY(
            holds({"gender = f; spends >= 100", "weekday = Saturday", "similar, for-you", "2023-11-20", "2023-12-01"}));
        QVERIFY(!holds({.audience = "gender = M"}));
        QVERIFY(!holds({.audience = "spends < 100"}));
        QVERIFY(holds({.audience = "occupation != student"})); // untold is not held against it
        QVERIFY(!holds({.context = "device = phone"}));
        QVERIFY(!holds({.shelves = "similar"}));
        QVERIFY(!holds({.from = "2024-01-01"}));
        QVERIFY(!holds({.until = "2023-11-14"}));
        RuleTrail trail;
        (void)shop.made({{BuryRule{"brand = Acme"}, true, {.shelves = "similar"}}, {InStockRule{}, false}})
            ->rerank(shop.candidates(), request, 3, &trail);
        QVERIFY(trail.effects()[0].state == RuleEffect::State::NotNow);
        COMPARE_TEXT(trail.effects()[0].why, "only on similar");
        QVERIFY(trail.effects()[1].state == RuleEffect::State::Off);
    }

    void theTrailSaysWhoDroppedWhatAndWhy()
    {
        const Shop shop;
        RuleTrail trail;
        const auto reranker = shop.made({{InStockRule{}}, {CapRule{}}, {PromotedRule{}}});
        COMPARE_TEXT(shop.ids(reranker->rerank(shop.candidates(), {}, 8, &trail)), "a1 a3 a4 b2 b1 c1");
        const auto sold = trail.stepsOf(*trail.find(shop.item("a2")));
        QCOMPARE(sold.size(), std::size_t{1});
        COMPARE_TEXT(sold[0].why, "sold out");
        QCOMPARE(sold[0].placeBefore, 2U);
        QCOMPARE(sold[0].placeAfter, 0U);
        QCOMPARE(trail.effects()[0].dropped, std::size_t{1});
        QCOMPARE(trail.effects()[0].moved, std::size_t{0}); // to move up is no doing of the rule
        const auto capped = *trail.find(shop.item("d1"));
        QCOMPARE(*trail.droppedBy(capped), std::size_t{1});
        COMPARE_TEXT(trail.stepsOf(capped)[0].why, "3 of 'audio' stand before it");
        const auto lifted = trail.stepsOf(*trail.find(shop.item("b2")));
        QCOMPARE(lifted.size(), std::size_t{1});
        QCOMPARE(lifted[0].placeBefore, 5U);
        QCOMPARE(lifted[0].placeAfter, 4U);
        COMPARE_TEXT(lifted[0].why, "promoted x 1.2");
    }

    void replayingTheRulesGivesTheTrail()
    {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const RandomShop shop(120, seed);
            const auto reranker = Reranker::make({"", everyRule()}, shop.catalog).value();
            RuleTrail trail;
            const auto whole = reranker->rerank(shop.candidates, shop.request, 1000, &trail);
            QCOMPARE(reranker->rerank(shop.candidates, shop.request, 1000), whole); // the trail changes nothing
            for (std::size_t rules = 1; rules <= reranker->rules().rules.size(); ++rules) {
                const auto list = reranker->rerank(shop.candidates, shop.request, 1000, nullptr, rules);
                std::vector<std::uint32_t> places(trail.candidates(), 0);
                for (std::uint32_t place = 0; place < list.size(); ++place)
                    places[*trail.find(list[place].item)] = place + 1;
                for (std::size_t i = 0; i < places.size(); ++i)
                    QCOMPARE(trail.placeAfter(rules - 1, i), places[i]);
            }
        }
    }

    void propertiesOfAllLists()
    {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const RandomShop shop(150, seed);
            const auto reranker = Reranker::make({"", everyRule()}, shop.catalog).value();
            const auto list = reranker->rerank(shop.candidates, shop.request, 20);
            std::set<ItemIndex> items;
            std::map<std::uint32_t, int> brands;
            for (const Reranked& one : list) {
                QVERIFY(items.insert(one.item).second);
                QVERIFY(!shop.catalog->soldOut(one.item) || one.pinned);
                QVERIFY(++brands[shop.catalog->groupOf(ItemGroup::Brand, one.item)] <= 5 || one.pinned);
            }
            // A shorter list is the start of a longer one; the order of the candidates has no say.
            auto shuffled = shop.candidates;
            Rng(seed + 7).shuffle(std::span(shuffled));
            const auto again = reranker->rerank(shuffled, shop.request, 9);
            for (std::size_t i = 0; i < again.size(); ++i)
                QCOMPARE(again[i].item, list[i].item);
            // Nor has the scale: stars, dot products, negative logarithms.
            for (const auto& scale :
                 {+[](float s) { return std::exp(s / 20); }, +[](float s) { return -200 + s / 8; }}) {
                auto scaled = shop.candidates;
                for (Candidate& one : scaled)
                    one.score = scale(one.score);
                QCOMPARE(reranker->rerank(scaled, shop.request, 20).size(), list.size());
                const auto same = reranker->rerank(scaled, shop.request, 20);
                for (std::size_t i = 0; i < list.size(); ++i)
                    QCOMPARE(same[i].item, list[i].item);
            }
        }
    }

    void manyPeopleAreServedAlikeOnAnyThreads()
    {
        const RandomShop shop(100, 3);
        const auto reranker = Reranker::make({"", everyRule()}, shop.catalog).value();
        const std::vector<std::vector<Candidate>> candidates(40, shop.candidates);
        const std::vector<RuleRequest> requests(40, shop.request);
        const auto one = rerankAll(*reranker, candidates, requests, 10, JobContext({1, 1})).value();
        const auto two = rerankAll(*reranker, candidates, requests, 10, JobContext({1, 2})).value();
        QVERIFY(one == two);
        QVERIFY(one[39] == reranker->rerank(shop.candidates, shop.request, 10));
        const CancelToken token;
        token.cancel();
        QVERIFY(rerankAll(*reranker, candidates, requests, 10, JobContext({1, 1}, token)).error().code ==
                Code::Cancelled);
    }

    void whatARuleCannotDoWithoutIsSaid()
    {
        const auto bare = RuleCatalog::open(DatasetBuilder{}.row("ann", "x y").build(), {}).value();
        const auto reranker =
            Reranker::make({"", {{InStockRule{}}, {DiversityRule{}}, {PositionBiasRule{}}, {NewRule{}}}}, bare).value();
        RuleTrail trail;
        const std::vector<Candidate> both = {{ItemIndex{0}, 2}, {ItemIndex{1}, 1}};
        QCOMPARE(reranker->rerank(both, {}, 2, &trail).size(), std::size_t{2});
        for (const RuleEffect& effect : trail.effects())
            QVERIFY(effect.state == RuleEffect::State::NothingToDo && !effect.why.empty());
        const auto unknown = Reranker::make({"", {{FilterRule{"colour = red"}}}}, bare);
        QVERIFY(!unknown && unknown.error().where == "rule 1 (only colour = red)");
        QVERIFY(!Reranker::make({"", {{PinRule{"z", 1}}}}, bare));
    }

    void everyRuleIsTheSameAfterAFile()
    {
        RuleSet set{"Autumn", everyRule()};
        set.rules.push_back({PositionBiasRule{.7, 3},
                             false,
                             {"gender = F", "device = phone", "similar", "2026-12-01", "2026-12-31"},
                             "named"});
        set.rules.push_back({UnseenRule{UnseenRule::What::Purchased}});
        set.rules.push_back({ExposureRule{.05, .1, 30}});
        const auto again = rulesFromJson(toJson(set)).value();
        COMPARE_TEXT(toJson(again), QString::fromStdString(toJson(set)));
        QCOMPARE(again.rules.size(), set.rules.size());
        for (std::size_t i = 0; i < set.rules.size(); ++i) {
            QCOMPARE(again.rules[i].action.index(), set.rules[i].action.index());
            QVERIFY(paramsOf(again.rules[i].action) == paramsOf(set.rules[i].action));
            QVERIFY(again.rules[i].when == set.rules[i].when);
        }
        QVERIFY(ruleKinds().size() == std::variant_size_v<RuleAction>);
    }

    void strangersFilesAreRefusedWithAReason_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("says");
        const auto one = [](const char* rule) { return QString(R"({"orrery-rules":1,"rules":[%1]})").arg(rule); };
        QTest::newRow("nothing") << ""
                                 << "not a file of rules";
        QTest::newRow("no object") << "[1]"
                                   << "not a file of rules";
        QTest::newRow("cut short") << R"({"orrery-rules":1,"rules":[{"rule":)"
                                   << "not a file of rules";
        QTest::newRow("later version") << R"({"orrery-rules":2,"rules":[]})"
                                       << "version 2";
        QTest::newRow("no rules") << R"({"orrery-rules":1})"
                                  << "'rules' is not a list";
        QTest::newRow("other member") << R"({"orrery-rules":1,"rules":[],"code":"x"})"
                                      << "'code'";
        QTest::newRow("unknown rule") << one(R"({"rule":"explode"})") << "There is no rule 'explode'";
        QTest::newRow("nameless") << one("{}") << "does not say which";
        QTest::newRow("no rule") << one("7") << "7 is not a rule";
        QTest::newRow("unknown setting") << one(R"({"rule":"cap","moest":2})") << "'moest'";
        QTest::newRow("out of range") << one(R"({"rule":"promoted","factor":1e9})") << "rule 1 (promoted), factor";
        QTest::newRow("below") << one(R"({"rule":"cap","most":0})") << "whole number from 1";
        QTest::newRow("huge") << one(R"({"rule":"cap","most":18446744073709551615})") << "too large";
        QTest::newRow("infinite") << one(R"({"rule":"promoted","factor":1e999})") << "not a file of rules";
        QTest::newRow("wrong type") << one(R"({"rule":"promoted","factor":"big"})") << "'big'";
        QTest::newRow("nested") << one(R"({"rule":"promoted","factor":[[1]]})") << "an array";
        QTest::newRow("on") << one(R"({"rule":"in-stock","on":1})") << "'on' cannot be 1";
        QTest::newRow("no wishes") << one(R"({"rule":"filter"})") << "which items";
        QTest::newRow("bad wishes") << one(R"({"rule":"filter","where":"brand"})") << "'brand'";
        QTest::newRow("preference") << one(R"({"rule":"bury","where":"prefer brand = A"})") << "preference";
        QTest::newRow("bad date") << one(R"({"rule":"in-stock","when":{"from":"soon"}})") << "'soon'";
        QTest::newRow("when") << one(R"({"rule":"in-stock","when":[]})") << "rule 1 (in-stock), when";
        QTest::newRow("long") << one(("{\"rule\":\"pin\",\"item\":\"" + std::string(2000, 'x') + "\"}").c_str())
                              << "a long text";
        QTest::newRow("bytes") << one("{\"rule\":\"\xff\xfe\"}") << "rule";
        QTest::newRow("deep")
            << QString(R"({"orrery-rules":1,"rules":[%1%2]})").arg(QString(200'000, '['), QString(200'000, ']'))
            << "nested too deep";
        QTest::newRow("deep version")
            << QString(R"({"orrery-rules":%1%2,"rules":[]})").arg(QString(200'000, '['), QString(200'000, ']'))
            << "nested too deep";
        QTest::newRow("too many") << QString(R"({"orrery-rules":1,"rules":[%1{"rule":"in-stock"}]})")
                                         .arg(QString(R"({"rule":"in-stock"},)").repeated(100))
                                  << "at most 100";
        QTest::newRow("too long") << QString(2 << 20, ' ') << "larger than 1 MB";
    }
    void strangersFilesAreRefusedWithAReason()
    {
        QFETCH(QString, json);
        QFETCH(QString, says);
        const auto read = rulesFromJson(json.toStdString());
        QVERIFY(!read);
        QVERIFY(read.error().code == Code::BadFile);
        QVERIFY2(QString::fromStdString(read.error().text()).contains(says), read.error().text().c_str());
    }

    // Bytes changed anywhere never crash; what is still read can be written and read again.
    void damagedFilesNeverCrash()
    {
        const std::string good = toJson(RuleSet{"Autumn", everyRule()});
        Rng rng(5);
        int read = 0;
        for (int round = 0; round < 2000; ++round) {
            std::string bad = good;
            for (int change = 0; change <= round % 3; ++change)
                bad[rng.below(bad.size())] = static_cast<char>(rng.below(round % 2 == 0 ? 256 : 128));
            if (const auto set = rulesFromJson(bad)) {
                ++read;
                QVERIFY(rulesFromJson(toJson(*set)).has_value());
            }
        }
        QVERIFY(read > 0 && read < 2000);
    }

    void aFactorIsReadInPlaces()
    {
        QVERIFY(std::abs(placeWithFactor(7, 3) - 1) < 1e-9); // 8^(1/3) - 1
        QVERIFY(std::abs(placeWithFactor(3, .5) - 15) < 1e-9);
        QCOMPARE(placeWithFactor(1, 100), 1.0); // never above the first
    }

    void whatARuleLacksIsTold()
    {
        const Shop shop;
        COMPARE_TEXT(missingFor(InStockRule{}, *shop.catalog), "");
        COMPARE_TEXT(missingFor(CapRule{CapRule::Of::Seller, 1}, *shop.catalog), "the catalog does not tell sellers");
        COMPARE_TEXT(missingFor(PositionBiasRule{}, *shop.catalog),
                     "events do not say at which place items were shown");
        COMPARE_TEXT(missingFor(PinRule{"nothing"}, *shop.catalog), "");
    }

    // Every fifth place of the first twenty has another item than before, seldom used ones far more often, and the same
    // question gets the same list.
    void exploringMakesRoomForTheSeldomUsed()
    {
        DatasetBuilder builder;
        for (int person = 0; person < 40; ++person) {
            std::string row;
            for (int item = 0; item < 100; ++item)
                if (item < 50 || person == item % 40)
                    row += fmt::format("i{}@{} ", item, person + 1);
            builder.row(fmt::format("p{}", person), row);
        }
        const auto catalog = *RuleCatalog::open(builder.build(), JobContext());
        RuleSet rules;
        rules.rules = {{ExploreRule{5, 20}}};
        const auto reranker = *Reranker::make(rules, catalog);
        std::vector<Candidate> candidates;
        for (std::uint32_t item = 0; item < 100; ++item)
            candidates.push_back({ItemIndex{item}, 100.F - static_cast<float>(item)});
        std::size_t seldom = 0, drawn = 0;
        for (std::uint32_t user = 0; user < 40; ++user) {
            RuleRequest request;
            request.query.user = UserIndex{user};
            const auto list = reranker->rerank(candidates, request, 100);
            QCOMPARE(list.size(), std::size_t{100});
            QCOMPARE(list, reranker->rerank(candidates, request, 100));
            std::uint32_t expected = 0;
            for (std::size_t place = 1; place <= 100; ++place) {
                const std::uint32_t item = list[place - 1].item.value;
                if (place % 5 == 0 && place <= 20) {
                    ++drawn;
                    seldom += item >= 50 ? 1 : 0;
                } else if (place <= 20) {
                    QVERIFY(item >= expected); // the others keep their order
                    expected = item + 1;
                }
            }
        }
        QCOMPARE(drawn, std::size_t{160});
        // Used by 40 against 1 or 2, so 1 / 4.7 against 1 / 1.7 to 1 / 2.1: of those drawn some seven in ten.
        QVERIFY2(seldom > 100 && seldom < 135, qPrintable(QString::number(seldom)));
    }

    // Lists as of a moment are the same whatever was used after it.
    void exploringKnowsNothingOfWhatComesLater()
    {
        const auto listsUpTo = [](int lastPerson) {
            DatasetBuilder builder;
            for (int person = 0; person < lastPerson; ++person) {
                std::string row;
                for (int item = 0; item < 40; ++item)
                    if (person < 4 || item % 2 == 0)
                        row += fmt::format("i{}@{} ", item, 10 * person + 1);
                builder.row(fmt::format("p{}", person), row);
            }
            RuleSet rules;
            rules.rules = {{ExploreRule{2, 20}}};
            const auto reranker = *Reranker::make(rules, *RuleCatalog::open(builder.build(), JobContext()));
            std::vector<Candidate> candidates;
            for (std::uint32_t item = 0; item < 40; ++item)
                candidates.push_back({ItemIndex{item}, 40.F - static_cast<float>(item)});
            std::vector<std::vector<Reranked>> lists;
            for (std::uint32_t user = 0; user < 4; ++user) {
                RuleRequest request;
                request.query.user = UserIndex{user};
                request.query.now = 40; // five people act before
                lists.push_back(reranker->rerank(candidates, request, 20));
            }
            return lists;
        };
        QVERIFY(listsUpTo(5) == listsUpTo(60));
    }
};

QTEST_APPLESS_MAIN(RulesTest)
#include "rules_test.moc"
