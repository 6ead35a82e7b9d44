// SPDX-License-Identifier: GPL-3.0-or-later
// The folds of a split, and what they say together.
#include "core/evaluation/folds.h"
#include "core/evaluation/protocol_json.h"
#include "core/simulation/generator.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace orrery;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::shared_ptr<const Dataset> smallWorld()
{
    WorldPlan plan;
    plan.people = 30;
    plan.items = 20;
    plan.interactions = 240;
    return generateWorld(plan, JobContext{}).value();
}

SplitPlan fourFolds()
{
    SplitPlan plan;
    plan.kind = SplitKind::Random;
    plan.folds = 4;
    return plan;
}

EvaluationReport reportOf(double ndcg, double rmse)
{
    EvaluationReport report;
    report.people = {UserIndex{0}, UserIndex{1}};
    report.rankedPeople = 2;
    report.ratings = 10;
    const auto metrics = parseMetrics("ndcg@10,rmse").value();
    report.values = {{metrics[0], ndcg, {0, 1}, {.1F, .2F}}, {metrics[1], rmse, {0, 1}, {}}};
    return report;
}

} // namespace

class FoldsTest : public QObject {
    Q_OBJECT
private slots:
    void everythingIsHeldOutOnce()
    {
        const auto dataset = smallWorld();
        std::size_t heldOut = 0;
        const auto plans = foldsOf(fourFolds());
        QCOMPARE(plans.size(), std::size_t{4});
        for (const SplitPlan& plan : plans)
            heldOut += makeSplit(dataset, plan)->test->interactions().size();
        QCOMPARE(heldOut, dataset->interactions().size());
    }

    void aSplitWithoutFoldsIsItsOwn()
    {
        SplitPlan plan = fourFolds();
        plan.folds = 0;
        QCOMPARE(foldsOf(plan).size(), std::size_t{1});
        QCOMPARE(foldsOf(plan)[0].fold, 0);
        const Protocol protocol;
        QVERIFY(!foldOfRun(toJson(plan, protocol), "Random: 20 % of the interactions are held out (seed 1)"));
    }

    void foldsOfOnePlanBelongTogether()
    {
        const auto dataset = smallWorld();
        const Protocol protocol = Protocol::standard(*dataset);
        std::vector<FoldOfRun> folds;
        for (const SplitPlan& plan : foldsOf(fourFolds()))
            folds.push_back(foldOfRun(toJson(plan, protocol), makeSplit(dataset, plan)->description).value());
        QCOMPARE(folds[2].fold, 2);
        QCOMPARE(folds[2].folds, 4);
        QCOMPARE(folds[2].title, std::string("Random: each of 4 parts is held out in turn (seed 1)"));
        QCOMPARE(folds[0].group, folds[3].group);
        SplitPlan other = fourFolds();
        other.seed = 2;
        const auto apart = foldOfRun(toJson(other, protocol), makeSplit(dataset, other)->description);
        QVERIFY(apart->group != folds[0].group);
    }

    /// What was left out of the data stands behind the description, and is another protocol.
    void narrowedDataIsAnotherGroup()
    {
        const SplitPlan plan = fourFolds();
        const std::string json = toJson(plan, Protocol{});
        const std::string whole = "Random: part 1 of 4 is held out (seed 1)";
        const auto narrowed = foldOfRun(json, whole + "; ratings below 4 are left out");
        QCOMPARE(narrowed->title,
                 std::string("Random: each of 4 parts is held out in turn (seed 1); ratings below 4 are left out"));
        QVERIFY(narrowed->group != foldOfRun(json, whole)->group);
    }

    void whatIsNoProtocolHasNoFolds()
    {
        for (const char* text : {"", "[]", "{}", "{\"split\": 3}", "{\"split\": {\"folds\": \"5\", \"fold\": 1}}"})
            QVERIFY2(!foldOfRun(text, ""), text);
    }

    void theMeanOfFoldsRunsFromTheLowestToTheHighest()
    {
        const std::vector<EvaluationReport> reports{reportOf(.25, .9), reportOf(.5, .8), reportOf(.375, 1)};
        const EvaluationReport mean = meanOfFolds(reports);
        QCOMPARE(mean.find("ndcg@10")->mean, .375);
        QCOMPARE(mean.find("ndcg@10")->interval.low, .25);
        QCOMPARE(mean.find("ndcg@10")->interval.high, .5);
        QCOMPARE(mean.find("rmse")->mean, .9);
        QCOMPARE(mean.rankedPeople, std::size_t{6});
        QCOMPARE(mean.ratings, std::size_t{30});
        QVERIFY(mean.people.empty());
        QVERIFY(mean.find("ndcg@10")->perPerson.empty());
    }

    void aMetricThatDoesNotApplyStaysOut()
    {
        const std::vector<EvaluationReport> reports{reportOf(.25, none), reportOf(.5, none)};
        QVERIFY(std::isnan(meanOfFolds(reports).find("rmse")->mean));
    }
};

QTEST_GUILESS_MAIN(FoldsTest)
#include "folds_test.moc"
