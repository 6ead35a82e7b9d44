// SPDX-License-Identifier: GPL-3.0-or-later
// Models that go on from what they were, on the films that come with the program: as good as those trained anew.
#include "core/data/import.h"
#include "core/evaluation/evaluator.h"
#include "core/models/catalogue.h"
#include "core/models/warm_start.h"
#include "tests/testing/model_fixtures.h"

#include <QtTest>

#include <algorithm>

using namespace orrery;
using namespace orrery::testing;

namespace {

/// Training data, what it was before its last tenth came, and what is to be foretold.
struct Films {
    Split split;
    std::shared_ptr<const Dataset> earlier;
};

const Films& films()
{
    static const Films held = [] {
        ImportRequest request;
        request.path = std::filesystem::path(ORRERY_SOURCE_DIR) / "datasets" / "films";
        const auto imported = import(request, {});
        if (!imported)
            qFatal("%s", imported.error().text().c_str());
        SplitPlan plan;
        plan.kind = SplitKind::GlobalTemporal;
        plan.testShare = .1;
        Films films{makeSplit(imported->dataset, plan).value(), {}};
        films.earlier = films.split.train->before(films.split.train->timeOfShare(.9));
        return films;
    }();
    return held;
}

EvaluationReport judged(const ModelPtr& model)
{
    Protocol protocol = Protocol::standard(*films().split.train);
    return evaluate(films().split, *makeModelRecommender("m", model), protocol, JobContext({1, 2})).value();
}

} // namespace

class WarmStartTest : public QObject {
    Q_OBJECT
private slots:
    void aFifthOfTheRoundsTwoAtLeast()
    {
        const std::vector<float> one{1};
        WarmStart start;
        QCOMPARE(start.rounds(15), 15);
        start.items = start.people = {one.data(), 1, 1};
        QCOMPARE(start.rounds(15), 3);
        QCOMPARE(start.rounds(60), 12);
        QCOMPARE(start.rounds(7), 2);
        QCOMPARE(start.rounds(1), 1);
    }

    void rowsOfZerosAndNewRowsAreNotKnown()
    {
        const std::vector<float> values{1, 0, 0, 0, 0, -2};
        const MatrixView space{values.data(), 3, 2};
        QCOMPARE(knownRow(space, 0).size(), std::size_t{2});
        QVERIFY(knownRow(space, 1).empty());
        QCOMPARE(knownRow(space, 2)[1], -2.F);
        QVERIFY(knownRow(space, 3).empty());
    }

    void asGoodAsAnew_data()
    {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<double>("worse"); // more is better, or less
        for (const Algorithm& algorithm : catalogue())
            if (algorithm.warmStart)
                QTest::addRow("%s", algorithm.id.c_str())
                    << (algorithm.can.ratings ? "rmse" : "ndcg@10") << (algorithm.can.ratings ? 1. : -1.);
    }

    // The interval of the difference, over the people, must reach to no difference or beyond.
    void asGoodAsAnew()
    {
        QFETCH(QString, metric);
        QFETCH(double, worse);
        const Algorithm& algorithm = *findAlgorithm(QTest::currentDataTag());
        const ModelPtr before = fitted(algorithm, films().earlier, 2);
        const auto& train = films().split.train;
        const auto anew = judged(fitted(algorithm, train, 2));
        const auto warm = judged(orrery::train(algorithm, {train, {}, before}, {}, JobContext({1, 2})).value());
        const std::string id = metric.toStdString();
        qInfo("%s: earlier %.4f, anew %.4f, warm %.4f", algorithm.id.c_str(), judged(before).find(id)->mean,
              anew.find(id)->mean, warm.find(id)->mean);
        const Difference difference = orrery::difference(anew, warm, id).value();
        const double best = worse > 0 ? difference.interval.low : -difference.interval.high;
        QVERIFY2(best <= 0, qPrintable(QString("%1 worse, at least %2").arg(difference.mean).arg(best)));
    }

    // The vectors that are taken over know the ratings that could be held back.
    void foldInIsNotTunedOnWhatIsKnown()
    {
        const Algorithm& svd = *findAlgorithm("svd");
        const auto shrinkage = [](const ModelPtr& model) { return saved(*model).doubles("fold-in", 3).value()[0]; };
        const std::vector<std::string> settings{"epochs=5", "tune-fold-in=false", "fold-in-reg=77"};
        const auto params = parseAssignments(svd.params, settings).value();
        const ModelPtr before = orrery::train(svd, {films().earlier}, params, JobContext({1, 2})).value();
        const ModelPtr warm = orrery::train(svd, {films().split.train, {}, before}, {}, JobContext({1, 2})).value();
        QCOMPARE(shrinkage(before), 77.);
        QCOMPARE(shrinkage(warm), 77.);
    }
};

QTEST_APPLESS_MAIN(WarmStartTest)
#include "warm_start_test.moc"
