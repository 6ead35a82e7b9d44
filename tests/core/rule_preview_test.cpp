// SPDX-License-Identifier: GPL-3.0-or-later
// The price of a change of rules, worked out by hand for three people and six goods.
#include "core/evaluation/rule_preview.h"
#include "core/evaluation/rule_sample.h"
#include "tests/testing/dataset_builder.h"

#include <QtTest>

#include <cmath>

#include <fmt/format.h>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

const double d2 = 1 / std::log2(3.0), d4 = 1 / std::log2(5.0); // worth of places 2 and 4
const double best = 1 + d2 * d2;                               // of two places by the ranker alone
constexpr double rounding = 1e-6;                              // scores are floats

bool near(double a, double b) { return std::abs(a - b) < rounding; }

/// a1 a2 a3 are audio of seller Old at a margin of 1; b1 b2 b3 books of seller Young, who came lately, at 3. a1 is
/// known to two of five people, the others to one. Ann is offered a1 a2 b1, bob a1 a2 a3 b2, cleo b1 b2; ann chose b1
/// later, bob a1.
struct Shop {
    std::shared_ptr<const Dataset> data = [] {
        DatasetBuilder shop;
        shop.implicit().row("ann", "").row("bob", "").row("cleo", "");
        shop.row("dan", "a1@1700000000").row("eve", "a1 a2 a3 b1 b2 b3");
        for (const char* item : {"a1", "a2", "a3"})
            shop.tags("category", item, {"audio"})
                .tags("seller", item, {"Old"})
                .number("margin", item, 1)
                .text("added", item, "2020-01-01");
        for (const char* item : {"b1", "b2", "b3"})
            shop.tags("category", item, {"books"})
                .tags("seller", item, {"Young"})
                .number("margin", item, 3)
                .text("added", item, "2023-11-01");
        return shop.fact("gender", "ann", "F").fact("gender", "bob", "M").fact("gender", "cleo", "F").build();
    }();
    std::shared_ptr<const RuleCatalog> catalog = RuleCatalog::open(data, {}).value();

    [[nodiscard]] ItemIndex item(std::string_view id) const { return *data->findItem(id); }
    [[nodiscard]] std::vector<Candidate> offered(std::initializer_list<const char*> ids) const
    {
        std::vector<Candidate> made;
        for (const char* id : ids)
            made.push_back({item(id), -float(made.size())});
        return made;
    }
    [[nodiscard]] std::shared_ptr<const PreviewSample> sample() const
    {
        PreviewSample made;
        made.candidates = {offered({"a1", "a2", "b1"}), offered({"a1", "a2", "a3", "b2"}), offered({"b1", "b2"})};
        for (std::uint32_t person = 0; person < 3; ++person)
            made.requests.push_back({queryFor(*data, UserIndex{person})});
        made.later = {{item("b1")}, {item("a1")}, {}};
        return std::make_shared<const PreviewSample>(std::move(made));
    }
    [[nodiscard]] RuleChange change(std::vector<Rule> after, std::vector<Rule> before = {}, int threads = 1) const
    {
        RulePreview::Settings settings;
        settings.k = 2;
        const JobContext job({1, threads});
        return RulePreview::make(catalog, sample(), {"", std::move(before)}, settings, job)
            .value()
            ->changeTo({"", std::move(after)}, job)
            .value();
    }
};

/// Before and after.
bool is(const RuleChange& change, RuleMeasure::Kind kind, double before, double after)
{
    const RuleMeasure* found = change.find(kind);
    const bool right = found && near(found->before, before) && near(found->after, after);
    if (found && !right)
        qWarning("measure %d: %.7f -> %.7f", static_cast<int>(kind), found->before, found->after);
    return right;
}

const Rule onePerCategory{CapRule{CapRule::Of::Category, 1}};

} // namespace

class RulePreviewTest : public QObject {
    Q_OBJECT
private slots:
    // Ann gets a1 b1, bob a1 b2, cleo b1 alone.
    void measuresAreThoseWorkedByHand()
    {
        using Kind = RuleMeasure::Kind;
        const auto change = Shop{}.change({onePerCategory});
        QVERIFY(is(change, Kind::Agreement, .5, (d2 + 1) / 2));
        QVERIFY(is(change, Kind::OwnOrder, 1, ((1 + d2 / 2) / best + (1 + d2 * d4) / best + 1 / best) / 3));
        QVERIFY(is(change, Kind::Coverage, 4. / 6, 3. / 6));
        QVERIFY(is(change, Kind::Sellers, 1, 1));
        QVERIFY(is(change, Kind::Diversity, 0, 1)); // cleo has no pair any more
        QVERIFY(is(change, Kind::Margin, 10. / 6, 11. / 5));
        QVERIFY(is(change, Kind::NewSellers, 2. / 6, 3. / 5));
        const double known = std::log2(5. / 2), hardly = std::log2(5.);
        QVERIFY(is(change, Kind::Novelty, (2 * known + 4 * hardly) / 6, (2 * known + 3 * hardly) / 5));
        QVERIFY(!change.find(Kind::HighMargin)); // margins are numbers
        QCOMPARE(change.find(Kind::Agreement)->people, std::size_t{2});
        QCOMPARE(change.find(Kind::Coverage)->people, std::size_t{3});
    }

    void peopleAreCountedAndExamplesChosen()
    {
        const auto change = Shop{}.change({onePerCategory});
        QCOMPARE(change.affected, std::size_t{3});
        QCOMPARE(change.judged, std::size_t{2});
        QCOMPARE(change.better, std::size_t{1});
        QCOMPARE(change.worse, std::size_t{0});
        QVERIFY(near(change.people[0].moved, 2 * d2 / (2 + 2 * d2))); // a2 out of place 2, b1 into it
        QVERIFY(near(change.people[1].moved, change.people[0].moved));
        QVERIFY(near(change.people[2].moved, d2 / (2 + d2)));
        QVERIFY(!change.people[2].isJudged());
        QCOMPARE(*change.mostChanged, std::size_t{0}); // bob as much, but later
        QCOMPARE(*change.typical, std::size_t{1});
        QVERIFY(!change.mostHarmed); // nobody's agreement falls
    }

    void theMostHarmedLosesMostAgreement()
    {
        const auto change = Shop{}.change({{FilterRule{"category = books"}}}); // ann gets b1, bob b2, cleo both
        QCOMPARE(change.better, std::size_t{1});
        QCOMPARE(change.worse, std::size_t{1});
        QCOMPARE(*change.mostHarmed, std::size_t{1});
        QVERIFY(near(change.people[1].agreementBefore, 1));
        QVERIFY(near(change.people[1].agreementAfter, 0));
        QCOMPARE(change.affected, std::size_t{2});
    }

    // a1 and a2 are shown to two, b1 and b2 to cleo alone; then b2 to bob alone: without ann, bob, cleo the difference
    // changes by 0, 1, -2.
    // Lists are the model's, agreement that of a twin: there ann chose what she was first offered, so the rule, which
    // brings her b1, takes it away.
    void agreementIsTakenFromATwin()
    {
        using Kind = RuleMeasure::Kind;
        const Shop shop;
        const auto own = shop.change({onePerCategory});
        PreviewSample twins = *shop.sample();
        twins.later = {{shop.item("a2")}, {shop.item("a1")}, {}};
        RulePreview::Settings settings;
        settings.k = 2;
        const auto fair =
            RulePreview::make(shop.catalog, std::make_shared<const PreviewSample>(twins), {}, settings, {})
                .value()
                ->changeTo({"", {onePerCategory}}, {})
                .value();
        const auto both = withAgreementOf(own, fair);
        QVERIFY(is(both, Kind::Agreement, (d2 + 1) / 2, .5));
        QVERIFY(is(both, Kind::Margin, 10. / 6, 11. / 5)); // the model's own
        QCOMPARE(both.measures.size(), own.measures.size());
        QVERIFY(both.measures.front().kind == Kind::Agreement);
        QCOMPARE(both.affected, own.affected);
        QCOMPARE(both.worse, std::size_t{1});
        QCOMPARE(both.better, std::size_t{0});
        QCOMPARE(both.mostHarmed.value(), std::size_t{0});
        for (std::size_t i = 0; i < both.segments.size(); ++i) {
            QCOMPARE(both.segments[i].worse, fair.segments[i].worse);
            QCOMPARE(both.segments[i].affected, own.segments[i].affected);
        }
        const auto neither = withoutAgreement(own);
        QVERIFY(!neither.find(Kind::Agreement));
        QCOMPARE(neither.judged, std::size_t{0});
        QCOMPARE(neither.affected, own.affected);
    }

    void coverageHasAJackknifeInterval()
    {
        const auto coverage = *Shop{}.change({onePerCategory}).find(RuleMeasure::Kind::Coverage);
        const double error = std::sqrt(2. / 3 * (1 + 16 + 25) / 9) / 6;
        QVERIFY(near(coverage.interval.low, -1. / 6 - 1.959964 * error));
        QVERIFY(near(coverage.interval.high, -1. / 6 + 1.959964 * error));
        QVERIFY(!coverage.isClear());
    }

    // Three people can be drawn in 27 ways; ann, the only one who gains (d2), is drawn 0 to 3 times.
    void theBootstrapIsPaired()
    {
        const auto agreement = *Shop{}.change({onePerCategory}).find(RuleMeasure::Kind::Agreement);
        QVERIFY(near(agreement.difference(), d2 / 2));
        QVERIFY(near(agreement.interval.low, 0));   // ann is not drawn
        QVERIFY(near(agreement.interval.high, d2)); // ann is drawn and bob is not
    }

    void withoutAChangeAllDifferencesAreNothing()
    {
        const auto change = Shop{}.change({onePerCategory}, {onePerCategory});
        for (const RuleMeasure& measure : change.measures) {
            QCOMPARE(measure.difference(), 0.0);
            QCOMPARE(measure.interval.low, 0.0);
            QCOMPARE(measure.interval.high, 0.0);
        }
        QCOMPARE(change.affected, std::size_t{0});
        QVERIFY(change.shifts.empty());
        QVERIFY(!change.mostChanged && !change.typical && !change.mostHarmed);
    }

    // Audio loses a place of ann's and one of bob's, books win these and lose one of cleo's.
    void placesShiftBetweenCategories()
    {
        const auto change = Shop{}.change({onePerCategory});
        QCOMPARE(change.shifts.size(), std::size_t{6}); // books, audio; Young, Old; b1 won, a2 lost; b2 stays at 1
        const PlacesShift &won = change.shifts[0], &lost = change.shifts[1];
        const Shop shop;
        QCOMPARE(won.index, shop.catalog->groupOf(ItemGroup::Category, shop.item("b1")));
        QCOMPARE(won.difference(), 1LL);
        QCOMPARE(lost.before, std::size_t{4});
        QCOMPARE(lost.after, std::size_t{2});
        QVERIFY(near(lost.interval.low, -2 - 1.959964)); // (-1, -1, 0): standard error 1
        const PlacesShift &item = change.shifts[4], &out = change.shifts[5];
        QVERIFY(item.of == PlacesShift::Of::Item && item.index == shop.item("b1").value && item.after == 2);
        QVERIFY(out.of == PlacesShift::Of::Item && out.index == shop.item("a2").value && out.after == 0);
    }

    void segmentsAreFactsAndLengthsOfHistory()
    {
        const auto change = Shop{}.change({onePerCategory});
        QCOMPARE(change.segments.size(), std::size_t{2}); // M is bob alone
        const PeopleSegment &women = change.segments[0], &fresh = change.segments[1];
        QCOMPARE(QString::fromStdString(women.name + " " + women.value), QString("gender F"));
        QCOMPARE(women.people, std::size_t{2});
        QCOMPARE(women.affected, std::size_t{2});
        QCOMPARE(women.judged, std::size_t{1});
        QCOMPARE(women.better, std::size_t{1});
        QVERIFY(near(women.difference, d2));
        QVERIFY(std::isnan(women.interval.low)); // one person tells no spread
        QCOMPARE(QString::fromStdString(fresh.name + " " + fresh.value), QString("history 0"));
        QVERIFY(near(fresh.difference, d2 / 2));
        QVERIFY(near(fresh.interval.high, d2 / 2 + 1.959964 * d2 / 2)); // of d2 and 0: standard error d2 / 2
    }

    void numbersOfPeopleAreCutInThirds()
    {
        DatasetBuilder people;
        people.implicit();
        for (int age = 20; age < 35; ++age)
            people.row(fmt::format("p{}", age), "x").fact("age", fmt::format("p{}", age), std::to_string(age));
        const auto data = people.build();
        PreviewSample sample;
        for (std::uint32_t person = 0; person < 15; ++person) {
            sample.candidates.push_back({{ItemIndex{0}, 1}});
            sample.requests.push_back({queryFor(*data, UserIndex{person})});
            sample.later.emplace_back();
        }
        const auto change = RulePreview::make(RuleCatalog::open(data, {}).value(),
                                              std::make_shared<const PreviewSample>(std::move(sample)), {}, {}, {})
                                .value()
                                ->changeTo({}, {})
                                .value();
        QCOMPARE(change.segments.size(), std::size_t{4});
        for (std::size_t third = 0; third < 3; ++third)
            QCOMPARE(change.segments[third].people, std::size_t{5});
        QCOMPARE(QString::fromStdString(change.segments[1].value), QString("25 to 29"));
        QCOMPARE(QString::fromStdString(change.segments[3].value), QString("1 to 4"));
    }

    void minimaThatCannotBeMetAreTold()
    {
        const auto change = Shop{}.change({{ExposureRule{.9}}}); // two sellers cannot both have 90 %
        QVERIFY(!change.unmet.empty());
        QVERIFY(!change.unmet[0].why.empty());
    }

    void threadsChangeNothing()
    {
        const Shop shop;
        const auto one = shop.change({onePerCategory}, {}, 1), two = shop.change({onePerCategory}, {}, 2);
        for (std::size_t i = 0; i < one.measures.size(); ++i) {
            QCOMPARE(one.measures[i].after, two.measures[i].after);
            QCOMPARE(one.measures[i].interval.low, two.measures[i].interval.low);
            QCOMPARE(one.measures[i].interval.high, two.measures[i].interval.high);
        }
    }

    void rulesThatCannotBeMadeAreErrors()
    {
        const Shop shop;
        const auto preview = RulePreview::make(shop.catalog, shop.sample(), {}, {}, {}).value();
        const auto got = preview->changeTo({"", {{FilterRule{"colour = red"}}}}, {});
        QVERIFY(!got && got.error().code == Code::InvalidArgument);
        PreviewSample uneven = *shop.sample();
        uneven.later.pop_back();
        QVERIFY(!RulePreview::make(shop.catalog, std::make_shared<const PreviewSample>(uneven), {}, {}, {}));
    }

    // Of those who did something before 100, ann and bob chose something new and liked after; cleo chose what she knew,
    // dan did not like it, eve was not there before.
    void theSampleTakesThoseWithLaterChoicesFirst()
    {
        const auto data = DatasetBuilder{}
                              .row("ann", "x:3@10 y:5@120 z:4@130")
                              .row("bob", "y:5@20 x:4@100")
                              .row("cleo", "x:5@30")
                              .row("dan", "z:5@40 x:1@140")
                              .row("eve", "x:5@150")
                              .build();
        const auto catalog = RuleCatalog::open(data, {}).value();
        const auto sample = drawRuleSample(*catalog, 100, 3, 7, {}).value();
        QCOMPARE(sample.people.size(), std::size_t{3});
        QCOMPARE(sample.people[0], UserIndex{0});
        QCOMPARE(sample.people[1], UserIndex{1});
        QVERIFY(sample.people[2] == UserIndex{2} || sample.people[2] == UserIndex{3});
        QCOMPARE(sample.later[0].size(), std::size_t{2});
        QVERIFY(sample.later[1] == std::vector{*data->findItem("x")});
        QVERIFY(sample.later[2].empty());
        QCOMPARE(sample.requests[0].query.history.size(), std::size_t{1}); // nothing of later is known
        QVERIFY(drawRuleSample(*catalog, 100, 3, 7, {})->people == sample.people);
        QCOMPARE(drawRuleSample(*catalog, 100, 10, 7, {})->people.size(), std::size_t{4});
        QCOMPARE(usualCut(*data, 100), Timestamp{100});
    }

    void theSessionIsTheLastHalfHour()
    {
        const auto data = DatasetBuilder{}.implicit().row("ann", "x@1000 y@10500 z@12000").build();
        const auto catalog = RuleCatalog::open(data, {}).value();
        const auto request = ruleRequestFor(*catalog, queryFor(*data, UserIndex{0}));
        QVERIFY(request.session == std::vector({*data->findItem("y"), *data->findItem("z")}));
        QVERIFY(ruleRequestFor(*catalog, queryFor(*data, UserIndex{0}, 20'000)).session.empty()); // it is over
    }

    void aRuleHoldsForASegment()
    {
        const auto data = DatasetBuilder{}.implicit().row("ann", "x y").row("bob", "x y").build();
        TagColumn segment;
        segment.vocabulary.add("yes");
        segment.tags = {0};
        segment.starts = {0, 0, 1}; // bob
        auto segments = std::make_shared<AttributeTable>();
        segments->add({"likely to spend more than 100 in 7 days", segment});
        const auto plain = RuleCatalog::open(data, {}).value();
        const auto catalog = plain->withSegments(segments);
        Rule rule{PinRule{"y", 1}};
        rule.when.audience = "likely to spend more than 100 in 7 days = yes";
        const std::vector<Candidate> both = {{*data->findItem("x"), 2}, {*data->findItem("y"), 1}};
        const auto first = [&](const std::shared_ptr<const RuleCatalog>& known, std::uint32_t user) {
            const auto reranker = Reranker::make({"", {rule}}, known).value();
            const auto request = ruleRequestFor(*known, queryFor(*data, UserIndex{user}));
            return reranker->rerank(both, request, 2)[0].item;
        };
        QCOMPARE(first(catalog, 0), *data->findItem("x"));
        QCOMPARE(first(catalog, 1), *data->findItem("y"));
        QCOMPARE(first(plain, 1), *data->findItem("x"));
        QVERIFY(catalog->segmentsOf(UserIndex{7}).empty()); // somebody newer than the segment
    }

    void aChangeIsPricedForSegments()
    {
        const Shop shop;
        TagColumn segment;
        segment.vocabulary.add("yes");
        segment.tags = {0, 0};
        segment.starts = {0, 1, 2}; // ann and bob; cleo is beyond its end
        auto segments = std::make_shared<AttributeTable>();
        segments->add({"likely", segment});
        const auto catalog = shop.catalog->withSegments(segments);
        auto sample = std::make_shared<PreviewSample>(*shop.sample());
        for (std::uint32_t person = 0; person < 3; ++person)
            sample->requests[person] = ruleRequestFor(*catalog, queryFor(*shop.data, UserIndex{person}));
        const auto preview = RulePreview::make(catalog, sample, {}, {.k = 2}, {}).value();
        const auto change = preview->changeTo({"", {{onePerCategory}}}, {}).value();
        const auto likely = std::ranges::find(change.segments, std::string("likely"), &PeopleSegment::name);
        QVERIFY(likely != change.segments.end());
        QCOMPARE(likely->value, std::string("yes")); // cleo alone is no group of others
        QCOMPARE(likely->people, std::size_t{2});
        QCOMPARE(likely->judged, std::size_t{2});
        QCOMPARE(likely->better, std::size_t{1}); // ann, whose b1 comes up
        QVERIFY(near(likely->difference, d2 / 2));
    }
};

QTEST_APPLESS_MAIN(RulePreviewTest)
#include "rule_preview_test.moc"
