// SPDX-License-Identifier: GPL-3.0-or-later
// Gates by how much is known, worked by hand; who serves whom; and splits that ask about who and what is new.
#include "core/evaluation/candidates.h"
#include "core/evaluation/cold_start.h"
#include "core/models/hybrids/source_gates.h"
#include "tests/testing/dataset_builder.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

using namespace orrery;
using namespace orrery::testing;

namespace {

constexpr Timestamp day = 86'400;

bool close(double a, double b) { return std::abs(a - b) < 1e-9; }

/// Trained on four planted groups of people, whose occupation tells of the group.
const ModelPtr& planted()
{
    static const ModelPtr model = fitted(*findAlgorithm("cold-start"), plantedWorld(Feedback::Explicit).dataset);
    return model;
}

Query withEntries(std::size_t count, const Facts& who)
{
    History history;
    for (std::uint32_t item = 0; item < count; ++item)
        history.push_back({ItemIndex{item}, 5, static_cast<Timestamp>(1000 + item)});
    return queryFor(std::move(history), {}, 1'000'000'000, who); // long after: nothing is recent
}

double shareOf(const std::vector<SourceShare>& sources, std::string_view name)
{
    const auto found = std::ranges::find_if(sources, [&](const auto& s) { return s.name.starts_with(name); });
    return found == sources.end() ? std::nan("") : found->share;
}

std::vector<std::string> idsOf(const Dataset& dataset, std::span<const ItemIndex> items)
{
    std::vector<std::string> ids;
    for (const ItemIndex item : items)
        ids.emplace_back(dataset.itemIds().name(item.value));
    return ids;
}

using Ids = std::vector<std::string>;

} // namespace

class ColdStartTest : public QObject {
    Q_OBJECT
private slots:
    void sharesAreTakenFromTheMostPersonalDown()
    {
        const std::array kinds{Evidence::Always, Evidence::Person, Evidence::Recent, Evidence::Entries};
        const std::array gates{Gate{1, 1}, Gate{.5, 1}, Gate{.8, 1}, Gate{.6, 3}};
        // Entries 3: .6 * 3 / 6 = .3; recent 1: .8 * 1 / 2 = .4 of .7 = .28; person: half of .42 = .21; left .21.
        const auto shares = sharesOf(kinds, gates, std::array{1., 1., 1., 3.});
        QVERIFY(close(shares[3], .3) && close(shares[2], .28) && close(shares[1], .21) && close(shares[0], .21));
        // Nothing known: all is left to the first.
        const auto none = sharesOf(kinds, gates, std::array{1., 0., 0., 0.});
        QVERIFY(close(none[0], 1) && close(none[3], 0));
    }

    void whatIsRecentHalvesWithItsAge()
    {
        const History history{{ItemIndex{0}, 1, 0},
                              {ItemIndex{1}, 1, 10 * day},
                              {ItemIndex{2}, 1, 20 * day},
                              {ItemIndex{7}, 1, 20 * day}};
        const auto recent = [&](Timestamp now) { return recentEvidence(queryFor(history, {}, now), 5, 10); };
        QVERIFY(close(recent(30 * day), .125 + .25 + .5)); // item 7 is not known
        QVERIFY(close(recent(endOfTime), .25 + .5 + 1));   // right after the newest
        QVERIFY(close(recent(20 * day), .25 + .5));        // what comes later is not told
        const History typedIn{{ItemIndex{0}, 1}, {ItemIndex{1}, 1}};
        QVERIFY(close(recentEvidence(queryFor(typedIn), 5, 10), 2));
        QVERIFY(close(recentEvidence(queryFor(typedIn, {}, day), 5, 10), 2));
    }

    void theShareOfTheHistoryRisesWithIt()
    {
        double before = -1;
        for (const std::size_t count : {0, 1, 2, 3, 5, 8, 13, 20}) {
            const auto sources = planted()->read(withEntries(count, {{"occupation", "job0"}}))->sources();
            double sum = 0;
            for (const SourceShare& source : sources) {
                QVERIFY(source.share >= 0 && !source.name.empty() && !source.why.empty());
                sum += source.share;
            }
            QVERIFY(close(sum, 1));
            const double personal = shareOf(sources, "Implicit ALS");
            QVERIFY(count == 0 ? personal == 0 : personal > before);
            before = personal;
        }
        QVERIFY(before > .5); // the planted groups are all but noiseless
    }

    void whoSaysNothingGetsNothingFromPeopleAlike()
    {
        const auto quiet = planted()->read(withEntries(0, {}));
        QVERIFY(close(shareOf(quiet->sources(), "Popularity") + shareOf(quiet->sources(), "Trending"), 1));
        QVERIFY(QString::fromStdString(quiet->fallback())
                    .startsWith("Nothing in this history tells of this person's taste. Served "));
        const auto told = planted()->read(withEntries(0, {{"occupation", "job0"}}));
        QVERIFY(shareOf(told->sources(), "Popular among people alike") > 0);
    }

    void aSentenceSaysWhoServes()
    {
        QCOMPARE(sentenceOf({{"Popularity", .25, "for everybody"}, {"Item kNN", .75, "3 events"}, {"B", 0, "x"}}),
                 std::string("Served 75 % by Item kNN (3 events), 25 % by Popularity (for everybody)."));
        QCOMPARE(sentenceOf({}), std::string());
    }

    void termsAreTheSourcesThatServe()
    {
        const auto reader = planted()->read(withEntries(3, {{"occupation", "job0"}}));
        const auto why = reader->explain(ItemIndex{9});
        const auto sources = reader->sources();
        QCOMPARE(static_cast<std::ptrdiff_t>(why.terms.size()),
                 std::ranges::count_if(sources, [](const SourceShare& source) { return source.share > 0; }));
        for (const Term& term : why.terms)
            QVERIFY(term.kind == TermKind::Part && term.label.find(" %: ") != std::string::npos);
    }

    void whatTheDataLacksIsLeftOut()
    {
        const auto bare = DatasetBuilder{}.implicit().row("ann", "A B").row("bob", "B C").row("cat", "A C").build();
        const auto model = fitted(*findAlgorithm("cold-start"), bare);
        QVERIFY(std::isnan(shareOf(model->read(Query{})->sources(), "Popular among")));
        QVERIFY(!model->capabilities().facts);
    }

    void coldPeopleAreThoseWithFewEntriesBeforeTheCut()
    {
        const auto dataset = DatasetBuilder{}
                                 .row("new", "A@100")
                                 .row("one", "A@1 B@100")
                                 .row("two", "A@1 C@2 B@101")
                                 .row("gone", "A@1")
                                 .build();
        const auto split = coldPeopleSplit(dataset, {.cut = 50}, 1).value();
        QCOMPARE(split.test->interactions().row(UserIndex{0}).size(), std::size_t{1});
        QCOMPARE(split.test->interactions().row(UserIndex{1}).size(), std::size_t{1});
        QCOMPARE(split.test->interactions().row(UserIndex{2}).size(), std::size_t{0});
        QCOMPARE(split.train->log().size(), std::size_t{4});
        QVERIFY(!coldPeopleSplit(DatasetBuilder{}.row("old", "A@1 B@2 C@99").build(), {.cut = 50}, 1).has_value());
    }

    void newPeopleAreToldTheirFirstEvents()
    {
        const auto dataset =
            DatasetBuilder{}.row("old", "A@1 B@100").row("new", "D@103 C@101 B@102").row("brief", "A@100").build();
        const auto split = firstEventsSplit(dataset, {.cut = 50}, 1).value();
        QCOMPARE(idsOf(*dataset, split.known->interactions().row(UserIndex{1}).items), Ids{"C"});
        QCOMPARE(idsOf(*dataset, split.test->interactions().row(UserIndex{1}).items), (Ids{"B", "D"}));
        QCOMPARE(split.test->interactions().size(), std::size_t{2}); // the others are not asked for
        QCOMPARE(split.train->log().size(), std::size_t{1});
    }

    void newItemsAreThoseNobodyUsedBeforeTheCut()
    {
        const auto dataset = DatasetBuilder{}
                                 .row("ann", "A@1 N@100 B@101")
                                 .row("bob", "A@1 B@2 M@100 N@101")
                                 .row("stranger", "M@100")
                                 .build();
        const auto split = coldItemsSplit(dataset, {.cut = 50}, RankedItems::New).value();
        QCOMPARE(idsOf(*dataset, split.test->interactions().row(UserIndex{0}).items), Ids{"N"});
        QCOMPARE(idsOf(*dataset, split.test->interactions().row(UserIndex{1}).items), (Ids{"N", "M"}));
        QCOMPARE(split.test->interactions().row(UserIndex{2}).size(), std::size_t{0}); // nothing to go by
        QCOMPARE(idsOf(*dataset, split.candidates->of(UserIndex{0})), Ids{"M"});
        QVERIFY(split.candidates->of(UserIndex{1}).empty());
        QVERIFY(coldItemsSplit(dataset, {.cut = 50}, RankedItems::All).value().candidates == nullptr);
    }

    void theNextItemOfAVisitIsAskedWithAndWithoutIt()
    {
        // The first visit after the cut with two new items begins at 20000; A is known, and E is of another visit.
        const auto dataset =
            DatasetBuilder{}.row("ann", "A@1 D@100 B@20000 C@20060 E@90000").row("bob", "F@3 G@4").build();
        const auto both = nextItemSplits(dataset, {.cut = 50}).value();
        QCOMPARE(idsOf(*dataset, both.without.known->interactions().row(UserIndex{0}).items), Ids{"A"});
        QCOMPARE(idsOf(*dataset, both.with.known->interactions().row(UserIndex{0}).items), (Ids{"A", "B"}));
        for (const Split& split : {both.without, both.with}) {
            QCOMPARE(split.train->log().size(), std::size_t{3});
            QCOMPARE(idsOf(*dataset, split.test->interactions().row(UserIndex{0}).items), Ids{"C"});
            QCOMPARE(idsOf(*dataset, split.candidates->of(UserIndex{0})), (Ids{"D", "E", "F", "G"}));
        }
        QCOMPARE(both.with.description, both.without.description); // so that they can be compared
    }

    // Catalogs are large: what is ranked for everybody is held once.
    void candidatesTakeNoRoomForEachPersonAndItem()
    {
        DatasetBuilder builder;
        std::string catalog;
        for (int item = 0; item < 500; ++item)
            catalog += fmt::format("i{}@{} ", item, item % 2 == 0 ? 1 : 90'000); // half are new
        builder.row("old", catalog);
        for (int person = 0; person < 20; ++person)
            builder.row(fmt::format("p{}", person), "i0@1 i1@90001 i3@90002");
        const auto dataset = builder.build();
        const auto next = nextItemSplits(dataset, {.cut = 50}).value().with;
        const auto fresh = coldItemsSplit(dataset, {.cut = 50}, RankedItems::New).value();
        const UserIndex person{20};
        QCOMPARE(next.candidates->of(person).size(), std::size_t{497});
        QCOMPARE(fresh.candidates->of(person).size(), std::size_t{248});
        QVERIFY(next.candidates->items.size() < 600); // of "old" one visit, of the others three items each
        QVERIFY(fresh.candidates->items.size() < 600);
    }

    void sessionsAreVisits()
    {
        EventLog log;
        const auto add = [&](std::uint32_t item, Timestamp at, std::uint32_t session) {
            log.append({UserIndex{0}, ItemIndex{item}, 1, at, EventKind::View, session});
        };
        add(0, 1, 0);
        add(1, 100, 1); // a minute apart, but of two sessions
        add(2, 160, 2);
        add(3, 9000, 2); // of one session, however long
        const auto dataset = DatasetBuilder{}.implicit().row("ann", "A B C D").build()->withLog(std::move(log));
        const auto both = nextItemSplits(dataset, {.cut = 50}).value();
        QCOMPARE(idsOf(*dataset, both.with.known->interactions().row(UserIndex{0}).items), (Ids{"A", "C"}));
        QCOMPARE(idsOf(*dataset, both.with.test->interactions().row(UserIndex{0}).items), Ids{"D"});
    }

    void aVisitCountsAsMuchAsTheHistory()
    {
        const auto known = [](EventKind before, EventKind first, KindWeights weights) {
            EventLog log;
            log.append({UserIndex{0}, ItemIndex{0}, 1, 1, before});
            log.append({UserIndex{0}, ItemIndex{1}, 2, 100, first});
            log.append({UserIndex{0}, ItemIndex{2}, 1, 160, first});
            const auto dataset = DatasetBuilder{}.implicit().row("ann", "A B C").build()->withLog(std::move(log));
            const auto both = nextItemSplits(dataset->withKindWeights(weights), {.cut = 50}).value();
            const auto values = both.with.known->interactions().row(UserIndex{0}).values;
            return std::vector<float>(values.begin(), values.end());
        };
        using Values = std::vector<float>;
        KindWeights weights;
        QCOMPARE(known(EventKind::Purchase, EventKind::Purchase, weights), (Values{1, 2})); // the only kind: 1 each
        QCOMPARE(known(EventKind::Purchase, EventKind::Cart, weights), (Values{5, 6}));
        weights[EventKind::Rating] = 0; // of a kind that is not there
        QCOMPARE(known(EventKind::Purchase, EventKind::Cart, weights), (Values{5, 6}));
    }
};

QTEST_APPLESS_MAIN(ColdStartTest)
#include "cold_start_test.moc"
