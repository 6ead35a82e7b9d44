// SPDX-License-Identifier: GPL-3.0-or-later
// Funnels and rules from the command line, on the shipped shop.
#include "tests/cli/run_cli.h"

#include <QtTest>

#include <cmath>

using namespace orrery::testing;

namespace {

QString shop() { return QStringLiteral(ORRERY_SOURCE_DIR "/datasets/shop"); }

/// A recipe of two quick models; `rank` as --rank takes it.
QString recipe(const QTemporaryDir& folder, const QString& rank)
{
    const Ran ran = runCli({"funnel", "--usual", "item-knn,popularity", "--rank", rank});
    return ran.exitCode == 0 ? writeFile(folder, rank + ".json", ran.out) : QString();
}

QString usualRules(const QTemporaryDir& folder)
{
    return writeFile(folder, "rules.json", runCli({"rules", "--usual"}).out);
}

} // namespace

class FunnelTest : public QObject {
    Q_OBJECT
private slots:
    void showsAFunnelAtWork()
    {
        const QTemporaryDir folder;
        const Ran ran =
            runCli({"funnel", "--data", shop(), "--recipe", recipe(folder, "merged"), "--person", "c9", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err);
        const QJsonObject answer = ran.json();
        QCOMPARE(answer[u"sources"].toArray().size(), 4);
        int kept = 0;
        for (const auto& source : answer[u"sources"].toArray())
            kept = std::max(kept, source.toObject()[u"kept"].toInt());
        QVERIFY(kept > 0 && kept <= answer[u"candidates"].toInt());
        QCOMPARE(answer[u"items"].toArray().size(), 10);
        QVERIFY(answer[u"items"].toArray()[0].toObject()[u"foundBy"].toArray().size() > 0);
        QVERIFY(runCli({"funnel", "--data", shop(), "--model", "item-knn", "--person", "c9"}).exitCode == 2);
    }

    void aLearntRankerIsTrainedKeptAndJudged()
    {
        const QTemporaryDir folder;
        const QString workspace = folder.filePath("w.orrery");
        QCOMPARE(runCli({"import", shop(), "--workspace", workspace}).exitCode, 0);
        QCOMPARE(runCli({"train", "--workspace", workspace, "--model", "item-knn"}).exitCode, 0);
        const QString learnt = recipe(folder, "learnt");
        const Ran kept = runCli({"funnel", "--workspace", workspace, "--recipe", learnt, "--save", "Mine", "--json"});
        QVERIFY2(kept.exitCode == 0, kept.err);
        const Ran shown = runCli({"funnel", "--workspace", workspace, "--model", "Mine", "--person", "c9", "--json"});
        QVERIFY2(shown.exitCode == 0, shown.err);
        QCOMPARE(shown.json()[u"ranker"].toObject()[u"fallback"].toString(), QString());
        QVERIFY(shown.json()[u"ranker"].toObject()[u"trainedBy"].toString().contains("questions"));
        QVERIFY(!shown.err.contains("has seen what came after"));
        const Ran before = runCli({"funnel", "--workspace", workspace, "--model", "Mine", "--person", "c9", "--as-of",
                                   "2024-09-01", "--json"});
        QVERIFY2(before.exitCode == 0, before.err);
        QVERIFY2(before.err.contains("keeps a ranker"), before.err);
        const Ran judged = runCli({"evaluate", "--workspace", workspace, "--split", "temporal", "--model", "Mine",
                                   "--model", "popularity", "--no-store", "--json"});
        QVERIFY2(judged.exitCode == 0, judged.err);
        const QJsonArray models = judged.json()[u"models"].toArray();
        QCOMPARE(models.size(), 2);
        QVERIFY(models[1].toObject()[u"firstIsAheadBy"].toObject().contains(u"p"));
    }

    void aMergeIsLearnedAndKept()
    {
        const QTemporaryDir folder;
        const Ran usual = runCli({"funnel", "--usual", "item-knn,popularity", "--merge", "chance"});
        QVERIFY2(usual.exitCode == 0, usual.err);
        const QString file = writeFile(folder, "chance.json", usual.out);
        const QString workspace = folder.filePath("w.orrery");
        QCOMPARE(runCli({"import", shop(), "--workspace", workspace}).exitCode, 0);
        for (const char* model : {"item-knn", "popularity"})
            QCOMPARE(runCli({"train", "--workspace", workspace, "--model", model}).exitCode, 0);
        const Ran kept = runCli({"funnel", "--workspace", workspace, "--recipe", file, "--save", "Mine", "--json"});
        QVERIFY2(kept.exitCode == 0, kept.err);
        const Ran shown = runCli({"funnel", "--workspace", workspace, "--model", "Mine", "--person", "c9", "--json"});
        QVERIFY2(shown.exitCode == 0, shown.err);
        const QJsonObject merge = shown.json()[u"merge"].toObject();
        QCOMPARE(merge[u"by"].toString(), QString("chance"));
        QCOMPARE(merge[u"fallback"].toString(), QString());
        QVERIFY(merge[u"learnedFrom"].toString().contains("hits"));
        QCOMPARE(runCli({"funnel", "--usual", "item-knn", "--merge", "magic"}).exitCode, 2);
    }

    void chancesAreNearWhatComesTrue()
    {
        const QTemporaryDir folder;
        const Ran ran =
            runCli({"funnel", "--data", shop(), "--recipe", recipe(folder, "learnt"), "--chances", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err);
        const QJsonArray chances = ran.json()[u"chances"].toArray();
        QVERIFY(chances.size() >= 2);
        for (const auto& one : chances) {
            const QJsonObject chance = one.toObject();
            const double before = chance[u"uncorrected"].toObject()[u"calibrationError"].toDouble();
            QVERIFY(chance[u"corrected"].toObject()[u"calibrationError"].toDouble() < before / 5);
        }
        const Ran features =
            runCli({"funnel", "--data", shop(), "--recipe", recipe(folder, "learnt"), "--features", "--json"});
        QVERIFY2(features.exitCode == 0, features.err);
        QVERIFY(features.json()[u"compared"].toString().contains("questions"));
        QVERIFY(features.json()[u"features"].toArray()[0].toObject()[u"psi"].isDouble());
    }

    void saysWhereAnItemIsLostAndWhyOneIsAbove()
    {
        const QTemporaryDir folder;
        const QString merged = recipe(folder, "merged");
        const Ran ran = runCli({"funnel", "--data", shop(), "--recipe", merged, "--person", "c9", "--json"});
        const QJsonArray items = ran.json()[u"items"].toArray();
        const QString first = items[0].toObject()[u"item"].toString(), last = items[9].toObject()[u"item"].toString();
        const Ran why = runCli({"explain", "--data", shop(), "--recipe", merged, "--person", "c9", "--item", first,
                                "--below", last, "--json"});
        QVERIFY2(why.exitCode == 0, why.err);
        const QJsonObject above = why.json()[u"above"].toObject();
        double sum = 0;
        for (const auto& reason : above[u"reasons"].toArray())
            sum += reason.toObject()[u"difference"].toDouble();
        QVERIFY(std::abs(sum - above[u"difference"].toDouble()) < 1e-4);
        const Ran audience = runCli({"audience", "--data", shop(), "--recipe", merged, "--item", last, "--json"});
        const QJsonObject losses = audience.json()[u"losses"].toObject();
        QCOMPARE(losses[u"seen"].toInt() + losses[u"notFound"].toInt() + losses[u"ranked"].toInt() +
                     losses[u"inRules"].toInt() + losses[u"listed"].toInt(),
                 losses[u"people"].toInt());
    }

    void tellsWhatSourcesBring()
    {
        const QTemporaryDir folder;
        const Ran ran = runCli({"funnel", "--data", shop(), "--recipe", recipe(folder, "merged"), "--worth", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err);
        for (const auto& source : ran.json()[u"sources"].toArray()) {
            const QJsonObject one = source.toObject();
            QVERIFY(one[u"exclusive"].toDouble() <= one[u"recall"].toDouble());
            QVERIFY(one[u"recallWithout"].toDouble() <= ran.json()[u"recall"].toDouble());
        }
    }

    void countsAChangeOfRules()
    {
        const QTemporaryDir folder;
        const Ran ran = runCli({"rules", "--data", shop(), "--model", "item-knn", "--rules", usualRules(folder),
                                "--people", "200", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err);
        const QJsonObject answer = ran.json();
        QCOMPARE(answer[u"people"].toInt(), 200);
        QVERIFY(answer[u"affected"].toInt() > 0);
        QCOMPARE(answer[u"differences"].toArray().size(), 8); // from none to the usual eight
        QVERIFY(answer[u"measures"].toArray()[0].toObject()[u"low"].toDouble() <=
                answer[u"measures"].toArray()[0].toObject()[u"high"].toDouble());
        QVERIFY(answer[u"mostChanged"].isString());
    }

    void listsTheKindsOfRules()
    {
        const Ran ran = runCli({"rules", "--kinds"});
        QCOMPARE(ran.exitCode, 0);
        QVERIFY(ran.out.contains("explore (") && ran.out.contains("audience"));
    }

    void badFilesAreErrorsThatNameThePlace()
    {
        const QTemporaryDir folder;
        const QString bad = writeFile(folder, "bad.json", R"({"orrery-rules": 1, "rules": [{"rule": "magic"}]})");
        const Ran rules = runCli({"rules", "--data", shop(), "--model", "item-knn", "--rules", bad});
        QCOMPARE(rules.exitCode, 3);
        QVERIFY2(rules.err.contains("magic") && rules.err.contains("bad.json"), rules.err);
        const Ran recipes = runCli({"funnel", "--data", shop(), "--recipe", bad, "--person", "c9"});
        QCOMPARE(recipes.exitCode, 3);
        QVERIFY2(recipes.err.contains("not a recipe"), recipes.err);
        const Ran none = runCli({"funnel", "--data", shop(), "--recipe", folder.filePath("no.json"), "--person", "c9"});
        QCOMPARE(none.exitCode, 3);
        const QString unknown = writeFile(folder, "unknown.json", runCli({"funnel", "--usual", "oracle"}).out);
        const Ran model = runCli({"funnel", "--data", shop(), "--recipe", unknown, "--person", "c9"});
        QVERIFY2(model.exitCode == 2 && model.err.contains("oracle"), model.err);
    }
};

QTEST_APPLESS_MAIN(FunnelTest)
#include "funnel_test.moc"
