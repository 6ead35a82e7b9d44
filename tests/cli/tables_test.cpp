// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/run_cli.h"

#include <QtTest>

using namespace orrery::testing;

namespace {

/// Three events of two people, one of which the first line could be taken for a header.
QByteArray rows(const QByteArray& separator, bool header)
{
    QByteArray text = header ? "who,what,stars\n" : "";
    text += "ann,heat,4\nann,alien,3.5\nbob,heat,5\n";
    return text.replace(",", separator);
}

const QStringList byName = {"--columns", "person=who,item=what,value=stars"};
const QStringList byPlace = {"--columns", "person=1,item=2,value=3"};

} // namespace

/// Tables as they come: what parts the columns, and whether they have names.
class TablesTest : public QObject {
    Q_OBJECT
private slots:
    void init() { m_folder.emplace(); }

    void anySeparatorCanBeNamed_data()
    {
        QTest::addColumn<QByteArray>("between");
        QTest::addColumn<QString>("named");
        QTest::newRow("tab") << QByteArray("\t") << "tab";
        QTest::newRow("tab, escaped") << QByteArray("\t") << "\\t";
        QTest::newRow("comma") << QByteArray(",") << "comma";
        QTest::newRow("semicolon") << QByteArray(";") << "semicolon";
        QTest::newRow("semicolon itself") << QByteArray(";") << ";";
        QTest::newRow("pipe") << QByteArray("|") << "pipe";
        QTest::newRow("space") << QByteArray(" ") << "space";
        QTest::newRow("colons") << QByteArray("::") << "::";
        QTest::newRow("a character") << QByteArray("~") << "~";
        QTest::newRow("a character beyond ASCII") << QByteArray("\xC2\xA7") << QString::fromUtf8("\xC2\xA7");
    }
    void anySeparatorCanBeNamed()
    {
        QFETCH(QByteArray, between);
        QFETCH(QString, named);
        for (const bool header : {true, false}) {
            const auto ran =
                import(rows(between, header), QStringList{"--separator", named} + (header ? byName : byPlace));
            QVERIFY2(ran.exitCode == 0, ran.err.constData());
            QCOMPARE(ran.json()[u"dataset"][u"events"].toInt(), 3);
            QCOMPARE(ran.json()[u"dataset"][u"people"].toInt(), 2);
            QCOMPARE(ran.json()[u"dataset"][u"items"].toInt(), 2);
        }
    }

    void whatIsNoSeparatorIsRefused_data()
    {
        QTest::addColumn<QString>("named");
        QTest::newRow("a word") << "colon";
        QTest::newRow("a quote") << "\"";
        QTest::newRow("an end of line") << "\n";
    }
    void whatIsNoSeparatorIsRefused()
    {
        QFETCH(QString, named);
        const auto ran = import(rows(",", true), {"--separator", named});
        QCOMPARE(ran.exitCode, 2);
        QVERIFY(ran.json()[u"error"][u"message"].toString().contains("cannot be a separator"));
    }

    void theFirstLineIsWhatItIsSaidToBe_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("header");
        QTest::addColumn<QStringList>("columns");
        QTest::addColumn<int>("events");
        const QByteArray words = "ann,heat\nann,alien\nbob,heat\n"; // nothing tells a header
        const QByteArray numbers = "1,2,3\n1,7,4\n2,7,5\n";
        QTest::newRow("words, yes") << words << "yes" << QStringList{"--columns", "person=ann,item=heat"} << 2;
        QTest::newRow("words, no") << words << "no" << QStringList{"--columns", "person=1,item=2"} << 3;
        QTest::newRow("words, auto") << words << "auto" << QStringList{"--columns", "person=1,item=2"} << 3;
        QTest::newRow("words, no, by place") << words << "no" << QStringList{} << 3;
        QTest::newRow("numbers, yes") << numbers << "yes" << QStringList{"--columns", "person=1,item=2,value=3"} << 2;
        QTest::newRow("numbers, no") << numbers << "no" << QStringList{} << 3;
        QTest::newRow("numbers, auto") << numbers << "auto" << QStringList{} << 3;
        QTest::newRow("names, yes") << rows(",", true) << "yes" << byName << 3;
        QTest::newRow("names, auto") << rows(",", true) << "auto" << byName << 3;
    }
    void theFirstLineIsWhatItIsSaidToBe()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, header);
        QFETCH(QStringList, columns);
        QFETCH(int, events);
        const auto ran = import(text, QStringList{"--header", header} + columns);
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(ran.json()[u"dataset"][u"events"].toInt(), events);
        QCOMPARE(ran.json()[u"report"][u"rejected"].toArray().size(), 0);
    }

    void aHeaderThatIsReadAsARowIsRefusedAsOne()
    {
        const auto ran = import(rows(",", true), QStringList{"--header", "no"} + byPlace);
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(ran.json()[u"dataset"][u"events"].toInt(), 3);
        QVERIFY(ran.out.contains("'stars' is not a number"));
    }

    void columnsWithoutNamesHaveNone()
    {
        const auto ran = import(rows(",", true), QStringList{"--header", "no"} + byName);
        QCOMPARE(ran.exitCode, 2);
        QVERIFY(ran.json()[u"error"][u"hint"].toString().contains("column 1, column 2, column 3"));
    }

    void aPartOfANumberIsNoPlace()
    {
        const auto ran = import(rows(",", true), {"--columns", "person=who,item=9"});
        QCOMPARE(ran.exitCode, 2);
        QVERIFY(ran.err.contains("There is no column '9'"));
    }

    void decimalsAreWhatTheyAreSaidToBe_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("decimal");
        QTest::addColumn<double>("read"); // below 0: refused
        QTest::newRow("a comma, guessed") << QByteArray("4,5") << "auto" << 4.5;
        QTest::newRow("thousands or decimals, not guessed") << QByteArray("1,234") << "auto" << -1.0;
        QTest::newRow("thousands or decimals, said") << QByteArray("1,234") << "comma" << 1.234;
        QTest::newRow("a point, said to be none") << QByteArray("4.5") << "comma" << -1.0;
        QTest::newRow("a comma, said to be none") << QByteArray("4,5") << "point" << -1.0;
    }
    void decimalsAreWhatTheyAreSaidToBe()
    {
        QFETCH(QByteArray, value);
        QFETCH(QString, decimal);
        QFETCH(double, read);
        const auto file = writeFile(*m_folder, "t.txt", "user;item;rating\nann;heat;" + value + "\nbob;heat;1\n");
        const auto ran = runCli(
            {"recommend", "--data", file, "--decimal", decimal, "--model", "popularity", "--person", "ann", "--json"});
        if (read < 0) {
            QVERIFY2(ran.exitCode == 3, ran.err.constData());
            QVERIFY2(ran.err.contains("ann"), ran.err.constData());
        } else {
            QVERIFY2(ran.exitCode == 0, ran.err.constData());
            QCOMPARE(float(ran.json()[u"history"][0][u"value"].toDouble()), float(read));
        }
    }

    void everyCommandReadsTablesAlike()
    {
        const auto file = writeFile(*m_folder, "t.txt", rows("~", true));
        const auto ran = runCli(QStringList{"recommend", "--data", file, "--separator", "~", "--header", "yes",
                                            "--model", "popularity", "--person", "bob", "--json"} +
                                byName);
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QCOMPARE(ran.json()[u"lists"][0][u"items"][0][u"item"].toString(), QString("alien"));
    }

private:
    [[nodiscard]] Ran import(const QByteArray& text, const QStringList& options) const
    {
        return runCli(QStringList{"import", writeFile(*m_folder, "t.txt", text), "--json"} + options);
    }

    std::optional<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TablesTest)
#include "tables_test.moc"
