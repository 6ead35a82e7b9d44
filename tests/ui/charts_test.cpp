// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_builder.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/label_places.h"
#include "ui/theme/theme.h"

#include <QGraphicsScene>
#include <QGraphicsSimpleTextItem>
#include <QGraphicsView>
#include <QLabel>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <limits>
#include <set>

using namespace orrery::ui;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// Two models over three categories, or as x-y lines.
ChartSpec specOf(ChartKind kind)
{
    ChartSpec spec;
    spec.kind = kind;
    spec.title = "A chart";
    spec.categories = {"one", "two", "three"};
    spec.x = {"epoch"};
    spec.y = {"loss, in stars"};
    spec.provenance = "dataset 9f3c; seed 1";
    spec.series = {{"first", 0, {{1, 0.5, 0.4, 0.6, {}}, {2, 0.3, {}, {}, {}}, {3, 0.2, {}, {}, "the last"}}},
                   {"second, with a comma", 1, {{1, 0.7, {}, {}, {}}, {2, 0.6, {}, {}, {}}, {3, 0.1, {}, {}, {}}}}};
    return spec;
}

/// How many different colours a picture of the chart has.
std::size_t coloursOf(ChartView& view)
{
    const QImage image = view.grab().toImage();
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            colours.insert(image.pixel(x, y));
    return colours.size();
}

bool hasColour(ChartView& view, const QColor& colour)
{
    const QImage image = view.grab().toImage();
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixelColor(x, y) == colour)
                return true;
    return false;
}

} // namespace

class ChartsTest : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support)")); // the offscreen one
    }

    void ticksAreRoundAndHoldTheRange_data()
    {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("to");
        QTest::addColumn<double>("step");
        QTest::addColumn<int>("decimals");
        // Worked by hand: a fifth of the range, up to the next 1, 2 or 5 times a power of ten.
        QTest::newRow("unit") << 0.0 << 1.0 << 0.0 << 1.0 << 0.2 << 1;
        QTest::newRow("hundreds") << 0.0 << 730.0 << 0.0 << 800.0 << 200.0 << 0;
        QTest::newRow("fine") << 0.281 << 0.312 << 0.28 << 0.32 << 0.01 << 2;
        QTest::newRow("through zero") << -3.0 << 4.0 << -4.0 << 4.0 << 2.0 << 0;
        QTest::newRow("exact") << 10.0 << 20.0 << 10.0 << 20.0 << 2.0 << 0;
        QTest::newRow("one value") << 5.0 << 5.0 << 4.4 << 5.6 << 0.2 << 1;
        QTest::newRow("only zero") << 0.0 << 0.0 << -0.6 << 0.6 << 0.2 << 1;
    }

    void ticksAreRoundAndHoldTheRange()
    {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(double, from);
        QFETCH(double, to);
        QFETCH(double, step);
        const Ticks ticks = niceTicks(low, high, 5);
        QVERIFY(std::abs(ticks.step - step) < 1e-9);
        QVERIFY2(std::abs(ticks.from - from) < 1e-9, qPrintable(QString::number(ticks.from)));
        QVERIFY2(std::abs(ticks.to - to) < 1e-9, qPrintable(QString::number(ticks.to)));
        QTEST(ticks.decimals(), "decimals");
    }

    void axesWriteSharesAndDates()
    {
        ChartAxis share;
        share.percent = true;
        QCOMPARE(axisText(share, 0.25, 1), QString("25 %"));
        ChartAxis time;
        time.time = true;
        QCOMPARE(axisText(time, 0, 0), QString("1 Jan 1970"));
        QCOMPARE(axisText({}, 9742, 0), QString("9,742"));
    }

    void aTableHoldsProvenanceAndEveryPoint()
    {
        QCOMPARE(toCsv(specOf(ChartKind::Lines)), QString("# dataset 9f3c; seed 1\n"
                                                          "series,label,epoch,\"loss, in stars\",low,high\n"
                                                          "first,,1,0.5,0.4,0.6\n"
                                                          "first,,2,0.3,,\n"
                                                          "first,the last,3,0.2,,\n"
                                                          "\"second, with a comma\",,1,0.7,,\n"
                                                          "\"second, with a comma\",,2,0.6,,\n"
                                                          "\"second, with a comma\",,3,0.1,,\n"));
        ChartSpec bars = specOf(ChartKind::Bars);
        bars.series.pop_back();
        bars.series[0].points[1].y = notANumber;
        bars.provenance.clear();
        QCOMPARE(toCsv(bars), QString("series,label,category,\"loss, in stars\",low,high\n"
                                      "first,,one,0.5,0.4,0.6\n"
                                      "first,,two,,,\n"
                                      "first,the last,three,0.2,,\n"));
    }

    void quotesAreDoubledInATable()
    {
        ChartSpec spec = specOf(ChartKind::Lines);
        spec.series = {{"say \"hi\"", 0, {{1, 2, {}, {}, {}}}}};
        QVERIFY(toCsv(spec).contains("\"say \"\"hi\"\"\",,1,2,,"));
    }

    void aPointIsDescribedExactly()
    {
        const ChartSpec dots = specOf(ChartKind::Dots);
        QCOMPARE(describePoint(dots, 0, 0), QString("first\none\nloss, in stars: 0.500\n95 % interval 0.400 to 0.600"));
        QCOMPARE(describePoint(dots, 0, 2), QString("the last\nthree\nloss, in stars: 0.200"));
        ChartSpec lines = specOf(ChartKind::Lines);
        lines.x.decimals = 0;
        QCOMPARE(describePoint(lines, 1, 1), QString("second, with a comma\nepoch: 2\nloss, in stars: 0.600"));
    }

    void everyKindIsDrawn_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("bars") << static_cast<int>(ChartKind::Bars);
        QTest::newRow("bars across") << static_cast<int>(ChartKind::BarsAcross);
        QTest::newRow("lines") << static_cast<int>(ChartKind::Lines);
        QTest::newRow("points") << static_cast<int>(ChartKind::Points);
        QTest::newRow("dots") << static_cast<int>(ChartKind::Dots);
    }

    void everyKindIsDrawn()
    {
        QFETCH(int, kind);
        ChartView view;
        view.resize(500, 320);
        view.setSpec(specOf(static_cast<ChartKind>(kind)));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(coloursOf(view) > 20);
        QVERIFY(hasColour(view, tokensFor(&view).series[0])); // each model in its colour
        QVERIFY(hasColour(view, tokensFor(&view).series[1]));
        view.resize(300, 220);
        QVERIFY(coloursOf(view) > 20);
    }

    void oddNumbersAreNoTrouble_data() { everyKindIsDrawn_data(); }

    void oddNumbersAreNoTrouble()
    {
        QFETCH(int, kind);
        ChartView view;
        view.resize(400, 300);
        view.show();
        ChartSpec spec = specOf(static_cast<ChartKind>(kind));
        for (ChartSeries& series : spec.series)
            for (ChartPoint& point : series.points)
                point = {0, 0, {}, {}, {}}; // no range at all
        view.setSpec(spec);
        QVERIFY(!view.grab().isNull());
        for (ChartSeries& series : spec.series)
            for (ChartPoint& point : series.points)
                point.y = notANumber;
        view.setSpec(spec);
        QVERIFY(!view.grab().isNull());
    }

    void fewerPointsThanCategoriesAreDrawn_data() { everyKindIsDrawn_data(); }

    void fewerPointsThanCategoriesAreDrawn()
    {
        QFETCH(int, kind);
        ChartSpec spec = specOf(static_cast<ChartKind>(kind));
        spec.series[1].points.resize(1);
        ChartView view;
        view.resize(400, 300);
        view.setSpec(spec);
        QVERIFY(!view.grab().isNull());
    }

    void anEmptyChartSaysWhy()
    {
        ChartView view;
        view.resize(400, 300);
        ChartSpec spec;
        spec.title = "Training curves";
        spec.empty = "Train a model first.";
        view.setSpec(spec);
        view.show();
        QVERIFY(!view.grab().isNull());
        bool said = false;
        for (const QLabel* label : view.findChildren<QLabel*>())
            said = said || (label->isVisible() && label->text() == spec.empty);
        QVERIFY(said);
        spec = specOf(ChartKind::Lines);
        view.setSpec(spec);
        for (const QLabel* label : view.findChildren<QLabel*>())
            QVERIFY(!label->isVisible() || label->text() != "Train a model first.");
    }

    void aThemeChangeRedraws()
    {
        ChartView view;
        view.resize(400, 300);
        view.setSpec(specOf(ChartKind::Lines));
        view.show();
        m_theme.choose(ThemeChoice::Light);
        const QColor light = tokensFor(&view).surface;
        QVERIFY(hasColour(view, light));
        m_theme.choose(ThemeChoice::Dark);
        QVERIFY(!hasColour(view, light));
        m_theme.choose(ThemeChoice::System);
    }

    void exportsCarryTheirProvenance()
    {
        const QTemporaryDir folder;
        ChartView view;
        view.resize(400, 300);
        view.setSpec(specOf(ChartKind::Dots));
        view.show();
        QVERIFY(view.exportTo(folder.filePath("chart.png")));
        const QImage png(folder.filePath("chart.png"));
        QCOMPARE(png.text("Description"), view.spec().provenance);
        QVERIFY(png.width() > 400); // twice as fine as the screen
        for (const char* name : {"chart.svg", "chart.csv"}) {
            QVERIFY(view.exportTo(folder.filePath(name)));
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(file.readAll().contains("dataset 9f3c; seed 1"), name);
        }
    }

    void whatCannotBeWrittenIsReported()
    {
        ChartView view;
        view.setSpec(specOf(ChartKind::Dots));
        for (const char* name : {"/nowhere/chart.csv", "/nowhere/chart.png", "/nowhere/chart.svg"}) {
            const auto done = view.exportTo(name);
            QVERIFY2(!done, name);
            QCOMPARE(done.error().where, std::string(name));
            QVERIFY(!done.error().hint.empty());
        }
    }

    void labelsOfCloseByPointsDoNotTouch()
    {
        constexpr QRectF plot(0, 0, 600, 300);
        constexpr qreal gap = 9;
        // A heap in the middle, and one in a corner: nowhere near is there room for all.
        std::vector<LabelWish> wishes;
        for (int i = 0; i < 6; ++i) {
            const QPointF middle(300 + 3 * i, 150 + (i % 2));
            const QPointF corner(592 - i, 8 + i);
            wishes.push_back({middle, middle, {90, 16}});
            wishes.push_back({corner, corner, {70, 16}});
        }
        const auto places = labelsAround(wishes, plot, gap);
        QCOMPARE(places.size(), wishes.size());
        int placed = 0;
        int led = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!places[i])
                continue;
            ++placed;
            led += places[i]->leader;
            QVERIFY(plot.contains(places[i]->rect));
            for (std::size_t other = 0; other < places.size(); ++other) {
                QVERIFY(!places[i]->rect.contains(wishes[other].at));
                QVERIFY(other == i || !places[other] || !places[i]->rect.intersects(places[other]->rect));
            }
        }
        QVERIFY2(placed >= 10, qPrintable(QString::number(placed)));
        QVERIFY(led > 0);
        QVERIFY(!places[0]->leader); // the first has the best place
    }

    void aLabelWithoutRoomIsLeftOut()
    {
        const QPointF at(20, 20);
        const std::vector<LabelWish> wishes(3, {at, at, {200, 16}});
        QVERIFY(!labelsAround(wishes, {0, 0, 100, 40}, 9)[0]);
        const auto rows = labelsInRows(wishes, {0, 0, 400, 40}, 9); // rows that are closer than their text is high
        QVERIFY(rows[0] && !rows[1] && !rows[2]);
    }

    // One without a label takes room all the same: right of the first point is no place then.
    void labelsKeepOffPointsWithoutOne()
    {
        const std::vector<LabelWish> wishes{{{100, 50}, {100, 50}, {40, 14}}, {{125, 50}, {125, 50}, {}}};
        const auto places = labelsAround(wishes, {0, 0, 400, 100}, 9);
        QVERIFY(places[0] && places[0]->rect.right() < 100);
        QVERIFY(!places[1]);
    }

    void aLabelOfARowGoesToTheLeftWhereThePlotEnds()
    {
        const std::vector<LabelWish> wishes = {{{380, 20}, {300, 20}, {40, 16}}};
        const auto rows = labelsInRows(wishes, {0, 0, 400, 40}, 9);
        QVERIFY(rows[0]->rect.right() < 300);
    }

    void theChartDrawsLabelsApart()
    {
        ChartSpec spec = specOf(ChartKind::Points);
        spec.series.clear();
        for (int i = 0; i < 5; ++i)
            spec.series.push_back({QString("model number %1").arg(i), i, {{0.5 + 0.0004 * i, 0.3, {}, {}, {}}}});
        spec.series.push_back({"far", 5, {{0.9, 0.6, {}, {}, {}}}});
        ChartView view;
        view.resize(500, 300);
        view.setSpec(spec);
        view.show();
        QVERIFY(!view.grab().isNull());
        std::vector<QRectF> labels;
        for (const QGraphicsItem* item : view.findChild<QGraphicsView*>()->scene()->items())
            if (const auto* text = dynamic_cast<const QGraphicsSimpleTextItem*>(item);
                text && (text->text().startsWith("model number") || text->text() == "far"))
                labels.push_back(text->sceneBoundingRect());
        QCOMPARE(labels.size(), std::size_t{6}); // there is room for all of them
        for (std::size_t i = 0; i < labels.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!labels[i].intersects(labels[j]));
    }

private:
    Theme m_theme{*qApp};
};

QTEST_MAIN(ChartsTest)
#include "charts_test.moc"
