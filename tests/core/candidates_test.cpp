// SPDX-License-Identifier: GPL-3.0-or-later
// Stored candidates, as published tables rank them, and people whom training never saw.
#include "core/evaluation/candidates.h"
#include "core/evaluation/evaluator.h"
#include "core/models/catalogue.h"
#include "tests/testing/dataset_builder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <fstream>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// ann's D and bob's C are asked for; A to F are there.
Split smallSplit()
{
    const auto whole = DatasetBuilder{}
                           .implicit()
                           .row("ann", "A B")
                           .row("bob", "A B D")
                           .row("cat", "A E F")
                           .row("ann", "D")
                           .row("bob", "C")
                           .build();
    return predefinedSplit(whole, 8).value();
}

std::string write(const QTemporaryDir& folder, const std::string& text)
{
    const std::string path = folder.filePath("candidates.negative").toStdString();
    std::ofstream(path) << text;
    return path;
}

EvaluationReport judge(const Split& split, const char* metrics)
{
    const auto model = train(*findAlgorithm("popularity"), {split.train}, {}, {}).value();
    Protocol protocol;
    protocol.metrics = parseMetrics(metrics).value();
    return evaluate(split, *makeModelRecommender("popular", model), protocol, {}).value();
}

} // namespace

class CandidatesTest : public QObject {
    Q_OBJECT
private slots:
    void readsThePublishedForm()
    {
        const QTemporaryDir folder;
        const Split split = smallSplit();
        const auto lists = readCandidates(write(folder, "(ann,D)\tF\tE\t\r\n(bob,C)\tE\tnobody used it\n"), split);
        QVERIFY2(lists.has_value(), lists ? "" : lists.error().text().c_str());
        const auto& items = *split.test;
        const std::vector<ItemIndex> ofAnn{*items.findItem("E"), *items.findItem("F")};
        QVERIFY(std::ranges::equal((*lists)->of(*items.findPerson("ann")), ofAnn));
        QCOMPARE((*lists)->of(*items.findPerson("bob")).size(), std::size_t{1});
        QVERIFY((*lists)->of(*items.findPerson("cat")).empty());
    }

    void badLinesAreNamed()
    {
        const QTemporaryDir folder;
        const Split split = smallSplit();
        const auto form = readCandidates(write(folder, "(ann,D)\tE\nann\tF\n"), split);
        QCOMPARE(form.error().text(),
                 std::string("candidates.negative, line 2: 'ann' is not a person and an item. A "
                             "line is (person,item), a tab, and the other items, separated by tabs"));
        QCOMPARE(readCandidates(write(folder, "(zoe,D)\tE\n"), split).error().message,
                 std::string("There is no person 'zoe'"));
        QCOMPARE(readCandidates(folder.filePath("none").toStdString(), split).error().code, Code::Io);
    }

    void whatIsWrittenIsReadBack()
    {
        const QTemporaryDir folder;
        const Split split = smallSplit();
        const auto drawn = drawCandidates(split, 2, 5);
        const std::string path = folder.filePath("stored").toStdString();
        QVERIFY(writeCandidates(path, split, *drawn).has_value());
        QCOMPARE(readCandidates(path, split).value()->hash, drawn->hash);
    }

    void drawsWhatIsNeitherKnownNorAskedFor()
    {
        const Split split = smallSplit();
        const UserIndex bob = *split.test->findPerson("bob"); // knows A B D, is asked for C: E and F are left
        const auto all = drawCandidates(split, 9, 1);
        QCOMPARE(all->of(bob).size(), std::size_t{2});
        for (const ItemIndex item : all->of(bob)) {
            const auto id = split.test->itemIds().name(item.value);
            QVERIFY(id == "E" || id == "F");
        }
        QCOMPARE(drawCandidates(split, 1, 7)->hash, drawCandidates(split, 1, 7)->hash);
    }

    void whatIsAskedForLosesTies()
    {
        Split split = smallSplit();
        // Popularity in training: A 3, B 2, D 1, E 1, F 1, C 0. ann: D ties with E and F, so it is third of three;
        // bob: C is behind E and F. So both have rank 3: hits at 2 none, at 3 all, NDCG = ln 2 / ln 4 = 0.5.
        split.candidates = drawCandidates(split, 9, 1);
        const UserIndex ann = *split.test->findPerson("ann");
        QCOMPARE(split.candidates->of(ann).size(), std::size_t{3}); // C, E, F
        const auto report = judge(split, "hit-rate@2,hit-rate@3,ndcg@3");
        QCOMPARE(report.find("hit-rate@2")->mean, 0.0);
        QCOMPARE(report.find("hit-rate@3")->mean, 1.0);
        QVERIFY(std::abs(report.find("ndcg@3")->mean - 0.5) < 1e-12);
    }

    void candidatesArePartOfTheProtocol()
    {
        Split split = smallSplit();
        Protocol protocol;
        protocol.metrics = parseMetrics("ndcg@3").value();
        const std::string full = protocol.hash(split);
        split.candidates = drawCandidates(split, 1, 1);
        QVERIFY(protocol.hash(split) != full);
    }

    void newPeopleAreUnknownToTraining()
    {
        const auto dataset = blockDataset(3, 20, 15);
        SplitPlan plan{SplitKind::NewPeople, 0.25, 3};
        const Split split = makeSplit(dataset, plan).value();
        std::size_t held = 0;
        for (std::uint32_t user = 0; user < dataset->personCount(); ++user) {
            const auto all = dataset->interactions().row(UserIndex{user}).size();
            const auto known = split.known->interactions().row(UserIndex{user}).size();
            const auto test = split.test->interactions().row(UserIndex{user}).size();
            if (test == 0) {
                QCOMPARE(split.train->interactions().row(UserIndex{user}).size(), all);
                continue;
            }
            ++held;
            QCOMPARE(split.train->interactions().row(UserIndex{user}).size(), std::size_t{0});
            QCOMPARE(known + test, all);
            QCOMPARE(test, std::max<std::size_t>(1, all / 5)); // a fifth, rounded down
            for (const ItemIndex item : split.test->interactions().row(UserIndex{user}).items)
                QVERIFY(!std::ranges::binary_search(split.known->interactions().row(UserIndex{user}).items, item));
        }
        QCOMPARE(held, std::size_t{15});
        QCOMPARE(makeSplit(dataset, plan).value().hash, split.hash);
        plan.knownShare = 0.5;
        QVERIFY(makeSplit(dataset, plan).value().hash != split.hash);
        plan.knownShare = 1;
        QCOMPARE(makeSplit(dataset, plan).error().code, Code::InvalidArgument);
    }

    void newPeopleAreJudgedByTheirFoldIn()
    {
        const auto dataset = blockDataset(3, 20, 15);
        const Split split = makeSplit(dataset, {SplitKind::NewPeople, 0.25, 3}).value();
        const auto model = train(*findAlgorithm("item-knn"), {split.train}, {}, {}).value();
        Protocol protocol;
        protocol.metrics = parseMetrics("recall-capped@10").value();
        const auto report = evaluate(split, *makeModelRecommender("knn", model), protocol, {}).value();
        QCOMPARE(report.peopleWithoutHistory, std::size_t{0});
        QVERIFY2(report.values[0].mean > 0.7, qPrintable(QString::number(report.values[0].mean))); // by chance 0.25
    }
};

QTEST_APPLESS_MAIN(CandidatesTest)
#include "candidates_test.moc"
