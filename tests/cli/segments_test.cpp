// SPDX-License-Identifier: GPL-3.0-or-later
// Segments of people from the command line: made, kept, read by rules, and judged by.
#include "tests/cli/run_cli.h"

#include <QtTest>

using namespace orrery::testing;

namespace {

QString shop() { return QStringLiteral(ORRERY_SOURCE_DIR "/datasets/shop"); }

/// A recipe of one model and one rule: only what costs less than 20, for the members.
QString cheapForMembers(const QTemporaryDir& folder)
{
    QJsonObject recipe = runCli({"funnel", "--usual", "item-knn"}).json();
    QJsonObject rules = runCli({"rules", "--usual"}).json();
    rules["rules"] = QJsonArray{
        QJsonObject{{"rule", "filter"}, {"where", "price < 20"}, {"when", QJsonObject{{"audience", "club = gold"}}}}};
    writeFile(folder, "rules.json", QJsonDocument(rules).toJson());
    recipe["rules"] = rules;
    return writeFile(folder, "recipe.json", QJsonDocument(recipe).toJson());
}

QStringList itemsOf(const Ran& ran)
{
    QStringList ids;
    for (const auto& item : ran.json()[u"lists"].toArray().first().toObject()[u"items"].toArray())
        ids << item.toObject()[u"item"].toString();
    return ids;
}

QJsonObject groupNamed(const Ran& ran, const QString& value)
{
    for (const auto& group : ran.json()[u"groups"].toArray())
        if (group.toObject()[u"value"].toString() == value)
            return group.toObject();
    return {};
}

} // namespace

class SegmentsCliTest : public QObject {
    Q_OBJECT
private slots:
    void rulesOfFunnelsSeeAFile()
    {
        const QTemporaryDir folder;
        const QString recipe = cheapForMembers(folder);
        const QString members = writeFile(folder, "members.csv", "person,club\nc1,gold\nc2,silver\nnobody,gold\n");
        const auto ask = [&](const QString& person, const QStringList& more) {
            return runCli(QStringList{"recommend", "--data", shop(), "--recipe", recipe, "--person", person, "--json"} +
                          more);
        };
        const Ran member = ask("c1", {"--segments", members});
        QVERIFY2(member.exitCode == 0, member.err);
        QVERIFY2(member.err.contains("1 row of"), member.err); // that is left out
        QVERIFY(member.err.contains("line 4"));
        QVERIFY(!itemsOf(member).isEmpty() && itemsOf(member) != itemsOf(ask("c1", {})));
        QCOMPARE(itemsOf(ask("c2", {"--segments", members})), itemsOf(ask("c2", {})));
        // The same wherever funnels are asked.
        const QString lists = folder.filePath("lists.csv");
        const Ran written =
            runCli({"export", "--data", shop(), "--recipe", recipe, "--lists", lists, "--segments", members});
        QVERIFY2(written.exitCode == 0, written.err);
        QVERIFY(readFile(lists).contains("c1," + itemsOf(member).first().toUtf8() + ",1,"));
        const Ran run =
            runCli({"funnel", "--data", shop(), "--recipe", recipe, "--person", "c1", "--segments", members, "--json"});
        QVERIFY2(run.exitCode == 0, run.err);
        QVERIFY(run.json()[u"rules"].toArray().first().toObject()[u"dropped"].toInt() > 0);
    }

    void whatIsWrongInAFileIsSaidWithItsLine()
    {
        const QTemporaryDir folder;
        const QString twice = writeFile(folder, "twice.csv", "person,club\nc1,gold\nc1,silver\n");
        const Ran ran =
            runCli({"recommend", "--data", shop(), "--model", "popularity", "--person", "c1", "--segments", twice});
        QCOMPARE(ran.exitCode, 3);
        QVERIFY2(ran.err.contains("twice.csv, line 3") && ran.err.contains("line 2 already"), ran.err);
    }

    void changesArePricedForSegments()
    {
        const QTemporaryDir folder;
        (void)cheapForMembers(folder);
        QByteArray half = "person,club\n";
        for (int person = 1; person <= 200; ++person)
            half += "c" + QByteArray::number(person) + ",gold\n";
        const QString members = writeFile(folder, "members.csv", half);
        const QStringList asked = {
            "rules", "--data", shop(), "--model", "popularity", "--rules", folder.filePath("rules.json"), "--json"};
        const Ran ran = runCli(asked + QStringList{"--segments", members});
        QVERIFY2(ran.exitCode == 0, ran.err);
        const QJsonObject audience = ran.json()[u"audiences"].toArray().first().toObject();
        QCOMPARE(audience[u"people"].toInt(), 200);
        QCOMPARE(audience[u"of"].toInt(), 420);
        int in = 0, others = 0;
        for (const auto& one : ran.json()[u"segments"].toArray()) {
            const QJsonObject segment = one.toObject();
            if (segment[u"name"].toString() == "club")
                (segment[u"value"].toString() == "gold" ? in : others) = segment[u"affected"].toInt();
        }
        QVERIFY(in > 0);
        QCOMPARE(others, 0);
        QCOMPARE(in, ran.json()[u"affected"].toInt());
        const Ran blind = runCli(asked);
        const QString why = blind.json()[u"audiences"].toArray().first().toObject()[u"why"].toString();
        QVERIFY2(why.contains("Known are age, city"), qPrintable(why));
    }

    void modelsAreJudgedByGroups()
    {
        const QTemporaryDir folder;
        const QString members = writeFile(folder, "members.csv", "person,club\nc1,gold\nc2,gold\nc3,gold\n");
        const QStringList asked = {"evaluate",
                                   "--data",
                                   shop(),
                                   "--model",
                                   "item-knn",
                                   "--model",
                                   "popularity",
                                   "--split",
                                   "per-person",
                                   "--metrics",
                                   "coverage@10,ndcg@10",
                                   "--json"};
        const Ran ran = runCli(asked + QStringList{"--segments", members, "--by", "club", "--by", "History"});
        QVERIFY2(ran.exitCode == 0, ran.err);
        const QJsonObject gold = groupNamed(ran, "gold"), others = groupNamed(ran, "");
        QCOMPARE(gold[u"metric"].toString(), QString("ndcg@10")); // the first of people
        const auto models = gold[u"models"].toArray();
        QCOMPARE(models.size(), 2);
        QVERIFY(models[1].toObject()[u"firstIsAheadBy"].toObject()[u"low"].isNull()); // of three people
        QVERIFY(others[u"people"].toInt() > 300);
        // Groups of everybody together are everybody: their means, weighted, are the mean of all.
        double sum = 0, people = 0;
        for (const QJsonObject& group : {gold, others}) {
            const QJsonObject knn = group[u"models"].toArray().first().toObject();
            sum += knn[u"people"].toDouble() * knn[u"mean"].toDouble();
            people += knn[u"people"].toDouble();
        }
        const QJsonObject whole = ran.json()[u"models"].toArray().first().toObject();
        QVERIFY(std::abs(sum / people - whole[u"metrics"][u"ndcg@10"][u"mean"].toDouble()) < 1e-6);
        const Ran unknown = runCli(asked + QStringList{"--by", "club"});
        QVERIFY2(unknown.exitCode == 2 && unknown.err.contains("age, city, history"), unknown.err);
        QCOMPARE(
            runCli({"evaluate", "--data", shop(), "--model", "popularity", "--folds", "2", "--by", "all"}).exitCode, 2);
    }

    void whoMattersBecomesASegment()
    {
        const QTemporaryDir folder;
        const QString workspace = folder.filePath("w.orrery"), file = folder.filePath("likely.csv");
        QCOMPARE(runCli({"import", shop(), "--workspace", workspace}).exitCode, 0);
        const QStringList ask = {"who-matters", "--more-than", "50", "--days", "14", "--json", "--top", "0"};
        const Ran kept = runCli(ask + QStringList{"--workspace", workspace, "--keep", "--segment", file});
        if (kept.err.contains("built without"))
            QSKIP("no XGBoost");
        QVERIFY2(kept.exitCode == 0, kept.err);
        const int people = kept.json()[u"segment"].toObject()[u"people"].toInt();
        QVERIFY(people > 20 && people < 60); // a tenth
        const auto lines = readFile(file).split('\n');
        QCOMPARE(lines.first(), QByteArray("person,likely to spend more than 50 in 14 days"));
        QCOMPARE(lines.size(), people + 2);
        // The workspace has it, and others read it from the file.
        const QStringList judge = {
            "evaluate", "--model", "popularity", "--by", "likely to spend more than 50 in 14 days", "--json"};
        const Ran stored = runCli(judge + QStringList{"--workspace", workspace, "--no-store"});
        QVERIFY2(stored.exitCode == 0, stored.err);
        const Ran read = runCli(judge + QStringList{"--data", shop(), "--segments", file});
        QCOMPARE(stored.json()[u"groups"], read.json()[u"groups"]);
        QVERIFY(runCli(ask + QStringList{"--data", shop(), "--keep"}).exitCode == 2);
        const Ran likely = runCli(ask + QStringList{"--data", shop(), "--segment", file, "--at-least", "5"});
        QVERIFY2(likely.exitCode == 0, likely.err);
        QVERIFY(likely.json()[u"segment"].toObject()[u"people"].toInt() != people);
        const Ran nobody = runCli(ask + QStringList{"--data", shop(), "--segment", file, "--at-least", "100"});
        QVERIFY2(nobody.exitCode == 2 && nobody.err.contains("Nobody is that likely"), nobody.err);
    }
};

QTEST_APPLESS_MAIN(SegmentsCliTest)
#include "segments_test.moc"
