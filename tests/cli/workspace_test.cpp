// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QtTest>

using namespace orrery::testing;

/// From import to lists, through a workspace file.
class WorkspaceTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_file = m_folder.filePath("w.orrery");
        const auto imported = runCli({"import", films(), "--workspace", m_file, "--json"});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        QVERIFY(imported.json()[u"dataset"][u"id"].toInt() > 0);
        const auto trained = runCli({"train", "--workspace", m_file, "--model", "svd", "--set", "factors=8", "--set",
                                     "epochs=3", "--seed", "3", "--name", "my svd", "--json"});
        QVERIFY2(trained.exitCode == 0, trained.err.constData());
        QCOMPARE(trained.json()[u"name"].toString(), QString("my svd"));
        QCOMPARE(trained.json()[u"parameters"][u"factors"].toInt(), 8);
        QCOMPARE(trained.json()[u"curves"][u"training RMSE"].toArray().size(), 3); // one point an epoch
    }

    void newEventsAreAddedAndModelsLearnThem()
    {
        const QString file = m_folder.filePath("grows.orrery");
        QVERIFY(runCli({"import", films(), "--workspace", file}).exitCode == 0);
        for (const char* model : {"svd", "popularity"})
            QVERIFY(runCli({"train", "--workspace", file, "--model", model}).exitCode == 0);
        const QString more = m_folder.filePath("more.csv");
        QFile out(more);
        QVERIFY(out.open(QIODevice::WriteOnly) && out.write("person,item,rating,time\nnobody,new,5,1700000000\n") > 0);
        out.close();
        const auto plain = runCli({"import", more, "--append", "--workspace", file, "--json"});
        QVERIFY2(plain.exitCode == 0, plain.err.constData());
        QVERIFY(!plain.json().contains(u"refreshed"));
        const auto one = runCli({"train", "--workspace", file, "--refresh", "--model", "SVD", "--json"});
        QVERIFY2(one.exitCode == 0, one.err.constData());
        const auto svd = one.json()[u"refreshed"].toArray();
        QCOMPARE(svd.size(), 1);
        QCOMPARE(svd[0][u"newerEvents"].toInt(), 1);
        QCOMPARE(svd[0][u"trainedOn"].toString(), QString("all data, going on from what it was"));
        const auto all = runCli({"import", more, "--append", "--refresh", "--workspace", file, "--json"});
        QVERIFY2(all.exitCode == 0, all.err.constData());
        const auto both = all.json()[u"refreshed"].toArray();
        QCOMPARE(both.size(), 2);
        QCOMPARE(both[0][u"newerEvents"].toInt(), 1);
        QCOMPARE(both[1][u"newerEvents"].toInt(), 2);
        QCOMPARE(both[1][u"trainedOn"].toString(), QString("all data"));
        const auto again = runCli({"train", "--workspace", file, "--refresh"});
        QVERIFY2(again.out.contains("'SVD' stays as it is. It is up to date."), again.out.constData());
        QCOMPARE(runCli({"train", "--workspace", file, "--refresh", "--as-of", "2020-01-01"}).exitCode, 2);
        QCOMPARE(runCli({"train", "--workspace", file, "--refresh", "--model", "bpr"}).exitCode, 2);
    }

    void listsWhatIsStored()
    {
        const auto stored = runCli({"models", "--workspace", m_file, "--json"}).json()[u"stored"].toArray();
        QCOMPARE(stored.size(), 1);
        QCOMPARE(stored[0][u"algorithm"].toString(), QString("svd"));
        QCOMPARE(stored[0][u"seed"].toInt(), 3);
        QCOMPARE(stored[0][u"trainedOn"].toString(), QString("all data"));
    }

    void aStoredModelAnswersAsOneStraightFromFiles()
    {
        const auto stored =
            runCli({"recommend", "--workspace", m_file, "--model", "my svd", "--person", "42", "--json"});
        const auto direct = runCli({"recommend", "--data", films(), "--model", "svd", "--set", "factors=8", "--set",
                                    "epochs=3", "--seed", "3", "--person", "42", "--json"});
        QVERIFY2(stored.exitCode == 0, stored.err.constData());
        QVERIFY(!stored.json()[u"lists"].toArray()[0][u"items"].toArray().isEmpty());
        QCOMPARE(stored.json()[u"lists"].toArray()[0][u"items"], direct.json()[u"lists"].toArray()[0][u"items"]);
    }

    void aStoredModelIsJudgedByATwinThatSawOnlyTheTrainingPart()
    {
        const QStringList protocol = {"--metrics", "rmse",        "--split", "random", "--seed",
                                      "3",         "--bootstrap", "0",       "--json"};
        const auto stored = runCli(QStringList{"evaluate", "--workspace", m_file, "--model", "my svd"} + protocol);
        const auto direct = runCli(
            QStringList{"evaluate", "--data", films(), "--model", "svd", "--set", "factors=8", "--set", "epochs=3"} +
            protocol);
        QVERIFY2(stored.exitCode == 0, stored.err.constData());
        QCOMPARE(stored.json()[u"models"].toArray()[0][u"metrics"], direct.json()[u"models"].toArray()[0][u"metrics"]);
    }

    void saysWhenAModelSawTheFuture()
    {
        const auto ran = runCli({"recommend", "--workspace", m_file, "--person", "42", "--as-of", "2020-01-01"});
        QCOMPARE(ran.exitCode, 0);
        QVERIFY(ran.err.contains("has seen what came after"));
        const auto similar = runCli({"similar", "--workspace", m_file, "--item", "7", "--as-of", "2020-01-01"});
        QCOMPARE(similar.exitCode, 0);
        QVERIFY(similar.err.contains("has seen what came after"));
    }

    void storesListsOfAnotherRecommender()
    {
        const auto lists = writeFile(m_folder, "theirs.csv", "person,item,rank\n42,7,1\n42,8,2\n");
        const auto ran = runCli({"import", "--lists-from", lists, "--workspace", m_file, "--name", "theirs", "--json"});
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(ran.json()[u"rows"].toInt(), 2);
        const auto similar = runCli({"similar", "--workspace", m_file, "--model", "theirs", "--item", "7", "--json"});
        QCOMPARE(similar.exitCode, 2);
        QCOMPARE(similar.json()[u"error"][u"code"].toString(), QString("unsupported"));
    }

    void aDatasetThatIsNotThereIsNamed()
    {
        const auto ran = runCli({"profile", "--workspace", m_file, "--dataset", "books"});
        QCOMPARE(ran.exitCode, 3);
        QVERIFY(ran.err.contains("books"));
    }

private:
    QTemporaryDir m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(WorkspaceTest)
#include "workspace_test.moc"
