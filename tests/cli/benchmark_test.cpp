// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QtTest>

#include <cmath>

using namespace orrery::testing;

class BenchmarkTest : public QObject {
    Q_OBJECT
private slots:
    void accuracyFollowsEveryProtocolThatTheDataCarry()
    {
        const auto ran = runLine("benchmark accuracy --json --model popularity --model bias --data " + films());
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QStringList ids;
        for (const auto& one : ran.json()[u"protocols"].toArray()) {
            const QJsonObject protocol = one.toObject();
            ids << protocol[u"protocol"].toString();
            const bool ratings = ids.last() == u"ratings";
            QCOMPARE(protocol[u"folds"].toInt(), ratings ? 5 : 1);
            QCOMPARE(protocol[u"models"].toArray().size(), 1); // popularity predicts nothing, bias needs ratings
            QCOMPARE(protocol[u"passed"].toArray().size(), 1);
            QCOMPARE(protocol[u"models"][0][u"algorithm"].toString(), ratings ? "bias" : "popularity");
        }
        QCOMPARE(ids, QStringList({"ratings", "leave-one-out", "new-people", "per-person"}));
    }

    void accuracyIsWhatEvaluateMeasures()
    {
        const auto bench = runLine("benchmark accuracy --protocol ratings --json --model bias --data " + films());
        const auto plain = runLine("evaluate --split random --folds 5 --metrics rmse,mae --bootstrap 0 --json "
                                   "--model bias --data " +
                                   films());
        const auto ours = bench.json()[u"protocols"][0][u"models"][0][u"metrics"][u"rmse"][u"mean"].toDouble();
        QVERIFY(ours > 0);
        QCOMPARE(ours, plain.json()[u"models"][0][u"metrics"][u"rmse"][u"mean"].toDouble());
    }

    void newPeopleAndItemsHaveProtocolsOfTheirOwn()
    {
        const QString shop = QStringLiteral(ORRERY_SOURCE_DIR "/datasets/shop");
        const auto people = runLine(
            "benchmark accuracy --protocol cold-people --json --model trending --model popularity --data " + shop);
        QVERIFY2(people.exitCode == 0, people.err.constData());
        const auto models = people.json()[u"models"].toArray();
        QCOMPARE(models.size(), 2);
        const auto of = [&](int model) { return models[model][u"metrics"][u"ndcg@10"].toObject(); };
        const double trending = of(0)[u"means"][0].toDouble(), popular = of(1)[u"means"][0].toDouble();
        QVERIFY(trending > 0 && popular > 0);
        QVERIFY(std::abs(of(1)[u"difference"][u"mean"].toDouble() - (trending - popular)) < 1e-6);
        QVERIFY(!of(0).contains(u"difference")); // from itself
        const auto visits = runLine("benchmark accuracy --protocol next-item --json --model popularity --data " + shop);
        const auto recall = visits.json()[u"models"][0][u"metrics"][u"recall@10"];
        QCOMPARE(recall[u"means"].toArray().size(), 2);          // without and with
        QCOMPARE(recall[u"difference"][u"mean"].toDouble(), 0.); // popularity does not heed it
    }

    void aListSaysWhoServesIt()
    {
        const auto ran = runLine("recommend --model cold-start --history i1=1,i2=1 --json --data " ORRERY_SOURCE_DIR
                                 "/datasets/shop");
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto sources = ran.json()[u"lists"][0][u"sources"].toArray();
        double sum = 0;
        for (const auto& source : sources)
            sum += source[u"share"].toDouble();
        QCOMPARE(sources.size(), 5);
        QVERIFY(std::abs(sum - 1) < 1e-9);
    }

    void speedStandsBesideItsEstimate()
    {
        const auto ran = runLine("benchmark speed --json --model bias --model item-knn --data " + films());
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        const auto models = ran.json()[u"models"].toArray();
        QCOMPARE(models.size(), 2);
        for (const auto& model : models) {
            QVERIFY(model[u"seconds"][u"oneThread"].toDouble() > 0);
            QVERIFY(model[u"seconds"][u"allThreads"].toDouble() > 0);
            QVERIFY(model[u"estimated"][u"bytes"].toDouble() > 0);
        }
    }

    void whatCannotBeJudgedIsAnError()
    {
        const auto unknown = runLine("benchmark accuracy --protocol nonsense --data " + films());
        QVERIFY(unknown.exitCode != 0);
        const auto nothing = runLine("benchmark beauty --data " + films());
        QVERIFY(nothing.exitCode != 0);
        QVERIFY(nothing.err.contains("accuracy"));
    }
};

QTEST_GUILESS_MAIN(BenchmarkTest)
#include "benchmark_test.moc"
