// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/split.h"
#include "tests/testing/dataset_builder.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include <QtTest>

using namespace orrery;
using orrery::testing::DatasetBuilder;

namespace {

using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;

Pairs pairsOf(const Dataset& dataset)
{
    Pairs pairs;
    for (std::size_t i = 0; i < dataset.log().size(); ++i)
        pairs.emplace(dataset.log().at(i).user.value, dataset.log().at(i).item.value);
    return pairs;
}

std::string eventsOf(const Dataset& dataset)
{
    std::string out;
    for (std::size_t i = 0; i < dataset.log().size(); ++i) {
        const Event event = dataset.log().at(i);
        out += dataset.personName(event.user) + dataset.title(event.item) + " ";
    }
    return out;
}

SplitPlan temporal(double share)
{
    SplitPlan plan;
    plan.testShare = share;
    return plan;
}

SplitPlan of(SplitKind kind)
{
    SplitPlan plan;
    plan.kind = kind;
    return plan;
}

void verifyApart(const Split& split, const Dataset& whole)
{
    const Pairs train = pairsOf(*split.train);
    const Pairs test = pairsOf(*split.test);
    for (const auto& pair : test)
        QVERIFY(!train.contains(pair));
    QCOMPARE(train.size() + test.size(), whole.interactions().size());
    QCOMPARE(split.train->itemCount(), whole.itemCount());
    QCOMPARE(split.test->personCount(), whole.personCount());
}

} // namespace

class SplitTest : public QObject {
    Q_OBJECT
private slots:
    void nothingIsInBothParts_data()
    {
        QTest::addColumn<int>("kind");
        for (const auto kind :
             {SplitKind::Random, SplitKind::LeaveLastOut, SplitKind::GlobalTemporal, SplitKind::PerPerson})
            QTest::newRow(std::string(idOf(kind)).c_str()) << static_cast<int>(kind);
    }
    void nothingIsInBothParts()
    {
        QFETCH(int, kind);
        const auto dataset = orrery::testing::blockDataset(3, 20, 15);
        const auto split = makeSplit(dataset, of(static_cast<SplitKind>(kind)));
        QVERIFY(split.has_value());
        verifyApart(*split, *dataset);
    }

    void ofEachPersonTheSameShare()
    {
        const auto dataset = orrery::testing::blockDataset(3, 20, 15);
        const auto split = makeSplit(dataset, of(SplitKind::PerPerson));
        QVERIFY(split.has_value());
        for (std::uint32_t user = 0; user < dataset->personCount(); ++user) {
            const auto all = static_cast<double>(dataset->interactions().row(UserIndex{user}).size());
            QCOMPARE(static_cast<double>(split->test->interactions().row(UserIndex{user}).size()),
                     std::round(all * .2));
        }
    }

    void whoDidOneThingKeepsIt()
    {
        const auto dataset = orrery::testing::blockDataset(1, 4, 1);
        SplitPlan plan = of(SplitKind::PerPerson);
        plan.testShare = .9;
        const auto split = makeSplit(dataset, plan);
        QVERIFY(!split.has_value()); // nothing is left to ask for
        QCOMPARE(split.error().code, Code::InvalidArgument);
    }

    void theSameSeedHoldsOutTheSame()
    {
        const auto dataset = orrery::testing::blockDataset(3, 20, 15);
        SplitPlan plan = of(SplitKind::Random);
        const auto one = makeSplit(dataset, plan);
        const auto again = makeSplit(dataset, plan);
        QCOMPARE(pairsOf(*one->test), pairsOf(*again->test));
        QCOMPARE(one->hash, again->hash);
        plan.seed = 2;
        const auto other = makeSplit(dataset, plan);
        QVERIFY(pairsOf(*one->test) != pairsOf(*other->test));
        QVERIFY(one->hash != other->hash);
        const auto size = static_cast<double>(dataset->interactions().size());
        QCOMPARE(static_cast<double>(one->test->log().size()), std::round(size * .2));
    }

    void foldsCoverEverythingOnce()
    {
        const auto dataset = orrery::testing::blockDataset(2, 13, 11);
        SplitPlan plan = of(SplitKind::Random);
        plan.folds = 5;
        Pairs all;
        std::size_t sum = 0;
        for (plan.fold = 0; plan.fold < 5; ++plan.fold) {
            const auto split = makeSplit(dataset, plan);
            const Pairs test = pairsOf(*split->test);
            sum += test.size();
            all.insert(test.begin(), test.end());
            const auto fifth = dataset->interactions().size() / 5;
            QVERIFY(test.size() == fifth || test.size() == fifth + 1);
        }
        QCOMPARE(sum, dataset->interactions().size());
        QCOMPARE(all, pairsOf(*dataset));
    }

    void trainsStrictlyBeforeTheCut()
    {
        // Ten interactions at 1 2 3 4 5 6 7 8 8 9: the last 2 of 10 begin within the moment 8, which goes to the test
        // whole.
        const auto dataset = DatasetBuilder{}.row("a", "A@1 B@2 C@3 D@4 E@5").row("b", "A@6 B@7 C@8 D@8 E@9").build();
        const auto split = makeSplit(dataset, temporal(.2));
        QCOMPARE(split->asOf, Timestamp{8});
        QCOMPARE(eventsOf(*split->test), std::string("bC bD bE "));
        QCOMPARE(eventsOf(*split->train), std::string("aA aB aC aD aE bA bB "));
        QCOMPARE(split->description,
                 std::string("By time: everything from 1 January 1970 on is held out, 30 % of the interactions"));
        for (const Timestamp at : split->train->log().times())
            QVERIFY(at < split->asOf);
        for (const Timestamp at : split->test->log().times())
            QVERIFY(at >= split->asOf);
    }

    void aGivenCutIsKept()
    {
        const auto dataset = DatasetBuilder{}.row("a", "A@1470182400 B@1470268800 C@1470355200").build();
        SplitPlan plan;
        plan.cut = 1470268800; // 4 August 2016, midnight
        const auto split = makeSplit(dataset, plan);
        QCOMPARE(eventsOf(*split->train), std::string("aA "));
        QCOMPARE(split->description,
                 std::string("By time: everything from 4 August 2016 on is held out, 66.7 % of the interactions"));
    }

    void aPairSeenBeforeAndAfterTheCutIsOnlyInTheTest()
    {
        // The newest time decides, so that what training sees of a pair cannot come from after the cut.
        const auto dataset = DatasetBuilder{}.implicit().row("a", "A:1@1 B:1@2 A:5@9").row("b", "C@3").build();
        const auto split = makeSplit(dataset, temporal(.3));
        QCOMPARE(eventsOf(*split->test), std::string("aA "));
        QCOMPARE(eventsOf(*split->train), std::string("aB bC "));
    }

    void eventsWithoutATimeStayInTraining()
    {
        const auto dataset = DatasetBuilder{}.row("a", "A B C@5 D@9").build();
        const auto split = makeSplit(dataset, temporal(.5));
        QCOMPARE(eventsOf(*split->test), std::string("aD "));
        QCOMPARE(split->asOf, Timestamp{9});
    }

    void theFirstMomentIsNeverTheCut()
    {
        const auto dataset = DatasetBuilder{}.row("a", "A@1 B@1 C@1 D@1 E@2").build();
        QCOMPARE(makeSplit(dataset, temporal(.5))->asOf, Timestamp{2});
    }

    void leavesOutTheNewestOfEach()
    {
        const auto dataset =
            DatasetBuilder{}.row("a", "A@5 B@9 C@1").row("b", "D@7").row("c", "A@2 E@1").build(); // b has only one
        const auto split = makeSplit(dataset, of(SplitKind::LeaveLastOut));
        QCOMPARE(eventsOf(*split->test), std::string("aB cA "));
        QCOMPARE(split->description,
                 std::string("Leave last out: the newest interaction of each of 2 people is held out (seed 1)"));
    }

    void tiesOfTheNewestAreDrawnFairly()
    {
        // 300 people, each with three at the same newest moment: about 100 draws fall on each (sd = 8).
        DatasetBuilder builder;
        for (int i = 0; i < 300; ++i)
            builder.row(fmt::format("p{}", i), "A@1 B@5 C@5 D@5");
        const auto split = makeSplit(builder.build(), of(SplitKind::LeaveLastOut));
        std::vector<int> counts(4, 0);
        for (const ItemIndex item : split->test->log().items())
            ++counts[item.value];
        QCOMPARE(counts[0], 0);
        for (int item = 1; item < 4; ++item)
            QVERIFY2(counts[item] > 60 && counts[item] < 140, std::to_string(counts[item]).c_str());
    }

    void refusesWhatCannotBe_data()
    {
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("share");
        QTest::addColumn<QByteArray>("message");
        const auto add = [](const char* name, const char* row, SplitKind kind, double share, const char* message) {
            QTest::newRow(name) << QByteArray(row) << static_cast<int>(kind) << share << QByteArray(message);
        };
        const auto none = "A split by time needs times, and this dataset has none";
        add("temporal without times", "A B C", SplitKind::GlobalTemporal, .2, none);
        add("last without times", "A B C", SplitKind::LeaveLastOut, .2, none);
        add("one moment", "A@3 B@3", SplitKind::GlobalTemporal, .2,
            "All interactions are of one moment, so time cannot split them");
        add("share of 0", "A B", SplitKind::Random, 0, "A test share of 0 is not between 0 and 1");
        add("share of 1", "A B", SplitKind::Random, 1, "A test share of 1 is not between 0 and 1");
        add("empty test", "A B", SplitKind::Random, .1, "Nothing would be left for the test part");
        add("empty training", "A B", SplitKind::Random, .9, "Nothing would be left for training");
        add("nobody has two", "A@1", SplitKind::LeaveLastOut, .2, "Nothing would be left for the test part");
        add("predefined", "A B", SplitKind::Predefined, .2,
            "A predefined split comes with two files, not from one dataset");
    }
    void refusesWhatCannotBe()
    {
        QFETCH(QByteArray, row);
        QFETCH(int, kind);
        QFETCH(double, share);
        QFETCH(QByteArray, message);
        SplitPlan plan = of(static_cast<SplitKind>(kind));
        plan.testShare = share;
        const auto split = makeSplit(DatasetBuilder{}.row("a", row.toStdString()).build(), plan);
        QVERIFY(!split.has_value());
        QCOMPARE(QByteArray::fromStdString(split.error().message), message);
    }

    void refusesAFoldThatIsNotThere()
    {
        SplitPlan plan = of(SplitKind::Random);
        plan.folds = 3;
        plan.fold = 3;
        const auto split = makeSplit(DatasetBuilder{}.row("a", "A B C D").build(), plan);
        QCOMPARE(split.error().message, std::string("There is no fold 4 of 3"));
    }

    void predefinedPartsAreTheFiles()
    {
        const auto whole = DatasetBuilder{}.row("a", "A:5 B:4 C:3").row("b", "A:2 D:1").build();
        const auto split = predefinedSplit(whole, 3);
        QCOMPARE(eventsOf(*split->train), std::string("aA aB aC "));
        QCOMPARE(eventsOf(*split->test), std::string("bA bD "));
        QCOMPARE(split->description, std::string("Predefined: 3 for training and 2 for the test"));
        QVERIFY(split->hash != predefinedSplit(whole, 2)->hash);
    }

    void whatTrainingHoldsTooIsNotTested()
    {
        const auto whole = DatasetBuilder{}.row("a", "A:5 B:4").row("a", "B:1 C:3").build();
        const auto split = predefinedSplit(whole, 2);
        QCOMPARE(eventsOf(*split->test), std::string("aC "));
        QCOMPARE(split->description,
                 std::string("Predefined: 2 for training and 1 for the test (1 left out that training holds too)"));
        QVERIFY(!predefinedSplit(whole, 4).has_value());
        QVERIFY(!predefinedSplit(whole, 0).has_value());
    }

    void suggestsTimeOnlyWhereItCanJudge()
    {
        const auto plain = DatasetBuilder{}.row("a", "A B C").build();
        QCOMPARE(suggestSplit(*plain).plan.kind, SplitKind::Random);
        QVERIFY(suggestSplit(*plain).why.find("no times") != std::string::npos);
        DatasetBuilder lasting, brief; // each person over the whole time; each person in one short visit
        for (int i = 0; i < 100; ++i) {
            std::string over, at;
            for (int item = 0; item < 10; ++item) {
                over += fmt::format("i{}@{} ", item, item * 1'000 + i);
                at += fmt::format("i{}@{} ", item, i * 1'000 + item);
            }
            lasting.row(fmt::format("p{}", i), over);
            brief.row(fmt::format("p{}", i), at);
        }
        QCOMPARE(suggestSplit(*lasting.build()).plan.kind, SplitKind::GlobalTemporal);
        const auto random = suggestSplit(*brief.build());
        QCOMPARE(random.plan.kind, SplitKind::Random);
        QVERIFY2(random.why.starts_with("Only 0 of 100 people"), random.why.c_str());
    }

    void kindsHaveNames()
    {
        for (const auto kind :
             {SplitKind::Random, SplitKind::LeaveLastOut, SplitKind::GlobalTemporal, SplitKind::Predefined})
            QCOMPARE(*splitKindFrom(idOf(kind)), kind);
        QVERIFY(splitKindFrom("sideways").error().hint.find("leave-last-out") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(SplitTest)
#include "split_test.moc"
