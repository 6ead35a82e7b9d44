// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QDir>
#include <QRegularExpression>
#include <QtTest>

#include <csignal>

using namespace orrery::testing;

class ErrorsTest : public QObject {
    Q_OBJECT
private slots:
    void everyFailureHasItsExitCodeAndNamesWhatWasWrong_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        QTest::newRow("no command") << "--json" << 2 << "subcommand";
        QTest::newRow("unknown command") << "dance --json" << 2 << "dance";
        QTest::newRow("unknown option") << "profile --loud --json" << 2 << "--loud";
        QTest::newRow("not a number") << "recommend --n many --json" << 2 << "many";
        QTest::newRow("unknown model") << "recommend --model magic --json" << 2 << "'magic'";
        QTest::newRow("unknown parameter") << "recommend --model svd --set legs=4 --json" << 2 << "'legs'";
        QTest::newRow("out of range") << "recommend --model svd --set factors=0 --json" << 2 << "actors";
        QTest::newRow("set before model")
            << "recommend --set factors=4 --model svd --json" << 2 << "before any --model";
        QTest::newRow("unknown metric") << "evaluate --metrics luck@10 --json" << 2 << "luck";
        QTest::newRow("not a moment") << "recommend --as-of yesterday --json" << 2 << "yesterday";
        QTest::newRow("off the scale") << "recommend --history 12=50 --json" << 2 << "50";
        QTest::newRow("two sources") << "profile --data a --workspace b --json" << 2 << "--data";
        QTest::newRow("nowhere to store a model") << "train --data a --model svd --json" << 2 << "--out FILE.orrery";
        QTest::newRow("two workspaces") << "train --workspace a --out b --model svd --json" << 2 << "--out";
        QTest::newRow("nothing to write") << "export --json" << 2 << "--to DIR";
        QTest::newRow("missing file") << "profile --data /no/such/file --json" << 3 << "file";
        QTest::newRow("missing workspace") << "train --workspace /no/such.orrery --model svd --json" << 3 << "such";
        QTest::newRow("unknown person") << "recommend --person nobody --json" << 3 << "nobody";
        QTest::newRow("unknown item") << "explain --person 42 --item nothing --json" << 3 << "nothing";
    }
    void everyFailureHasItsExitCodeAndNamesWhatWasWrong()
    {
        QFETCH(QString, line);
        QFETCH(int, exitCode);
        QFETCH(QString, says);
        const auto ran = runLine(line);
        QVERIFY2(ran.exitCode == exitCode, (QByteArray::number(ran.exitCode) + ": " + ran.err).constData());
        const auto error = ran.json()[u"error"].toObject();
        QCOMPARE(error.keys(), QStringList({"code", "hint", "message", "where"}));
        const QString all = error[u"message"].toString() + error[u"hint"].toString() + error[u"where"].toString();
        QVERIFY2(all.contains(says), qPrintable(all));
        QVERIFY2(QString::fromUtf8(ran.err).contains(says), ran.err.constData());
    }

    void withoutJsonNothingIsOnStdout()
    {
        const auto ran = runLine("recommend --person nobody");
        QCOMPARE(ran.exitCode, 3);
        QVERIFY(ran.out.isEmpty());
    }

    void messagesStayOffStdout()
    {
        const auto ran = runLine("similar --item 7 --json");
        QCOMPARE(ran.exitCode, 0);
        QVERIFY(!ran.json().isEmpty());
        QVERIFY(ran.err.contains("shipped sample"));
    }

    void moreThreadsThanThereAreIsSaidOnceAndChangesNothing()
    {
        const auto some =
            runLine("evaluate --model svd --set factors=4 --set epochs=2 --bootstrap 0 --threads 1 --json");
        const auto many =
            runLine("evaluate --model svd --set factors=4 --set epochs=2 --bootstrap 0 --threads 1000 --json");
        QCOMPARE(many.exitCode, 0);
        QCOMPARE(many.err.count("1,000 threads were asked for"), 1);
        QVERIFY2(!many.err.contains("Warning"), many.err.constData());
        QVERIFY(!some.err.contains("asked for"));
        QCOMPARE(many.json()[u"models"][0][u"metrics"], some.json()[u"models"][0][u"metrics"]);
    }

    void everyCommandHasHelpWithTheCommonOptions()
    {
        const auto all = runLine("help");
        QCOMPARE(all.exitCode, 0);
        for (const char* command :
             {"import", "profile", "models", "train", "recommend", "similar", "neighbours", "explain", "project",
              "shelves", "audience", "who-matters", "evaluate", "generate", "export"}) {
            QVERIFY2(all.out.contains(command), command);
            const auto help = runLine(QString(command) + " --help");
            QCOMPARE(help.exitCode, 0);
            for (const char* option : {"--json", "--seed", "--threads", "Examples:"})
                QVERIFY2(help.out.contains(option), (QByteArray(command) + " lacks " + option).constData());
            QCOMPARE(runLine(QString("help ") + command).out, help.out);
        }
        QVERIFY(!all.out.contains("manual pages"));
    }

    void manualPagesNameEveryOptionAndParameter()
    {
        QTemporaryDir folder;
        QCOMPARE(runCli({"man", "--output", folder.path()}).exitCode, 0);
        QCOMPARE(QDir(folder.path()).entryList({"orrery-cli*.1"}).size(), 20);
        const auto page = readFile(folder.filePath("orrery-cli-evaluate.1"));
        QVERIFY(page.startsWith(".TH "));
        for (const char* option : {"\\-\\-metrics", "\\-\\-folds", "\\-\\-model", "\\-\\-json"})
            QVERIFY2(page.contains(option), option);
        const auto whole = readFile(folder.filePath("orrery-cli.1"));
        for (const auto& algorithm : runLine("models --json").json()[u"algorithms"].toArray())
            for (const auto& parameter : algorithm[u"parameters"].toArray())
                QVERIFY(whole.contains(parameter[u"id"].toString().replace('-', "\\-").toUtf8()));
    }

    void anInterruptLeavesNothingBehind()
    {
        QTemporaryDir folder;
        QProcess process;
        process.start(programFile(), {"generate", "--users", "200000", "--items", "20000", "--interactions",
                                      "200000000", "--threads", "1", "--output", folder.filePath("world"), "--json"});
        QVERIFY(process.waitForStarted());
        const QDir world(folder.filePath("world"));
        QTRY_VERIFY_WITH_TIMEOUT(!world.entryList(QDir::Files).isEmpty(), 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 4);
        QVERIFY(world.entryList(QDir::Files).isEmpty());
        const auto answer = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(answer[u"error"][u"code"].toString(), QString("cancelled"));
    }
};

QTEST_GUILESS_MAIN(ErrorsTest)
#include "errors_test.moc"
