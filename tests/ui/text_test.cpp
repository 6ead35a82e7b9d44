// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/text.h"

#include <QtTest>

#include <limits>

using namespace orrery::ui;

namespace {
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
}

class TextTest : public QObject {
    Q_OBJECT
private slots:
    void countsAreGrouped()
    {
        QCOMPARE(count(9742), "9,742");
        QCOMPARE(count(0), "0");
        QCOMPARE(count(25e6), "25,000,000");
        QCOMPARE(count(notANumber), "–");
    }

    void oneIsNotMany()
    {
        QCOMPARE(counted(1, "film", "films"), "1 film");
        QCOMPARE(counted(0, "film", "films"), "0 films");
        QCOMPARE(counted(9742, "film", "films"), "9,742 films");
    }

    void sharesReadAsPercent()
    {
        QCOMPARE(percent(0.38), "38 %");
        QCOMPARE(percent(0.0123, 1), "1.2 %");
        QCOMPARE(percent(notANumber), "–");
    }

    void decimalsAreFixed()
    {
        QCOMPARE(decimal(0.3121), "0.312");
        QCOMPARE(decimal(-0.5, 1), "−0.5");
        QCOMPARE(decimal(notANumber), "–");
        QCOMPARE(decimal(std::numeric_limits<double>::infinity()), "–");
    }

    void signsAreShownExceptOfNothing()
    {
        QCOMPARE(signedDecimal(0.031), "+0.031");
        QCOMPARE(signedDecimal(-0.004), "−0.004");
        QCOMPARE(signedDecimal(0), "0.000");
        QCOMPARE(signedDecimal(-0.0001), "0.000"); // no "−0.000"
        QCOMPARE(signedDecimal(0.0001), "0.000");
    }

    void durationsReadAsSpoken_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("spoken");
        QTest::newRow("ms") << 0.0835 << "84 ms";
        QTest::newRow("tenths") << 0.8 << "0.8 s";
        QTest::newRow("one") << 1.0 << "1 s";
        QTest::newRow("seconds") << 4.2 << "4 s";
        QTest::newRow("nearly a minute") << 59.7 << "1 min";
        QTest::newRow("minutes") << 125.0 << "2 min 5 s";
        QTest::newRow("hours") << 3900.0 << "1 h 5 min";
        QTest::newRow("unknown") << notANumber << "–";
    }
    void durationsReadAsSpoken()
    {
        QFETCH(double, seconds);
        QTEST(duration(seconds), "spoken");
    }

    void sizesHaveUnits()
    {
        QCOMPARE(bytes(1), "1 byte");
        QCOMPARE(bytes(999), "999 bytes");
        QCOMPARE(bytes(1500), "1.5 kB");
        QCOMPARE(bytes(24e6), "24 MB");
        QCOMPARE(bytes(999.9e6), "1 GB");
    }

    void datesAreInUtc()
    {
        QCOMPARE(date(1519862400), "1 Mar 2018"); // date -u -d @1519862400
        QCOMPARE(date(1519862399), "28 Feb 2018");
        QCOMPARE(date(orrery::endOfTime), "the end");
        QCOMPARE(date(orrery::noTime), "–");
    }

    void ratingsUpToFiveAreStars()
    {
        QCOMPARE(stars(5, 5), "★★★★★");
        QCOMPARE(stars(4.5F, 5), "★★★★½");
        QCOMPARE(stars(0.5F, 5), "½");
        QCOMPARE(stars(0, 5), "0");
        QCOMPARE(stars(7, 10), "7");
        QCOMPARE(stars(7.5F, 10), "7.5");
    }

    void namesKeepTheirAccents() { QCOMPARE(text("Am\xC3\xA9lie"), QString("Amélie")); }
};

QTEST_APPLESS_MAIN(TextTest)
#include "text_test.moc"
