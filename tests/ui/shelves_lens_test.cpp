// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/workbench.h"
#include "ui/pages/explore/shelf_row.h"
#include "ui/pages/explore/visit_panel.h"

#include <QSlider>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// Explore with a model that answers any history, on the shelves.
struct Shop : Workbench {
    Shop()
    {
        window().resize(1280, 800);
        ready = importClub() && train("popularity") && train("item-knn") && go("explore") && press("Shelves") && idle();
    }
    ShelfRow* shelf(int at) { return find<ShelfRow>(QStringLiteral("shelves.%1").arg(at)); }
    ItemCard* card(int shelfAt, int at)
    {
        return find<ItemCard>(QStringLiteral("shelves.%1.card.%2").arg(shelfAt).arg(at));
    }
    VisitPanel& visit() { return *window().findChild<VisitPanel*>(); }
    QStringList titles()
    {
        QStringList found;
        for (int at = 0; shelf(at); ++at)
            found << shelf(at)->title();
        return found;
    }
    bool ready = false;
};

} // namespace

class ShelvesLensTest : public QObject {
    Q_OBJECT
private slots:
    void theHomePageHasItsShelves()
    {
        Shop bench;
        QVERIFY(bench.ready);
        QTRY_COMPARE(bench.titles(), (QStringList{"For you", "Trending now", "New arrivals"}));
        QVERIFY(!bench.shelf(0)->items().empty());
        auto* traffic = bench.find<QLabel>("visit.traffic");
        QVERIFY(traffic);
        QVERIFY2(traffic->text().startsWith("In the hour before"), qPrintable(traffic->text()));
    }

    void aClickLooksAtAnItemAndIsRemembered()
    {
        Shop bench;
        QVERIFY(bench.ready);
        QTRY_VERIFY(bench.card(0, 0));
        const ItemIndex item = bench.card(0, 0)->face().item;
        QTest::mouseClick(bench.card(0, 0), Qt::LeftButton, {}, {40, 20});
        QVERIFY(bench.idle());
        QCOMPARE(bench.session.item().value(), item);
        QTRY_COMPARE(bench.titles().value(0), QString("Often chosen together"));
        QCOMPARE(bench.titles().value(1), QString("Similar items"));
        QCOMPARE(bench.visit().visit().events().size(), std::size_t{1});
        QVERIFY(bench.press("Home page") && bench.idle());
        QTRY_VERIFY(bench.titles().value(0).startsWith("Because you viewed Film"));
        QVERIFY(bench.click("visit.undo") && bench.idle());
        QTRY_COMPARE(bench.titles().value(0), QString("For you"));
    }

    void aVisitGoesOnWhenDataComes()
    {
        Shop bench;
        QVERIFY(bench.ready);
        QTRY_VERIFY(bench.card(0, 0));
        QTest::mouseClick(bench.card(0, 0), Qt::LeftButton, {}, {40, 20});
        QVERIFY(bench.idle());
        QTRY_COMPARE(bench.titles().value(0), QString("Often chosen together"));
        const Timestamp now = bench.visit().now();
        const QString later = bench.write("later.csv", "person,item,rating,timestamp\neve,Film 99,5,1700000000\n");
        bench.session.appendData({later.toStdString()});
        QVERIFY(bench.idle() && bench.session.dataset()->findPerson("eve"));
        QCOMPARE(bench.titles().value(0), QString("Often chosen together")); // still the product's page
        QCOMPARE(bench.visit().visit().events().size(), std::size_t{1});
        QCOMPARE(bench.visit().now(), now);
        QSlider* clock = bench.find<QSlider>("visit.slider");
        QVERIFY(clock);
        clock->setValue(clock->maximum()); // which reaches what came
        QVERIFY(bench.visit().now() > 1'700'000'000);
        QVERIFY(bench.press("Home page") && bench.idle());
        const ItemIndex fresh = *bench.session.dataset()->findItem("Film 99");
        const auto isThere = [&] {
            for (int at = 0; bench.shelf(at); ++at)
                if (std::ranges::count(bench.shelf(at)->items(), fresh) > 0)
                    return true;
            return false;
        };
        QTRY_VERIFY(isThere());
    }

    void cartSkipAndBuyByKeys()
    {
        Shop bench;
        QVERIFY(bench.ready);
        QTRY_VERIFY(bench.card(0, 1));
        const ItemIndex skipped = bench.card(0, 0)->face().item, wanted = bench.card(0, 1)->face().item;
        QTest::keyClick(bench.card(0, 0), Qt::Key_S);
        QVERIFY(bench.idle());
        QTRY_VERIFY(std::ranges::count(bench.shelf(0)->items(), skipped) == 0);
        QTest::keyClick(bench.card(0, 0), Qt::Key_C);
        QVERIFY(bench.idle());
        QCOMPARE(bench.visit().visit().cart(bench.visit().now()), std::vector<ItemIndex>{wanted});
        QVERIFY(bench.press("Cart") && bench.idle());
        QTRY_VERIFY(bench.sees("The cart holds 1 item"));
        QTRY_COMPARE(bench.titles(), (QStringList{"Often chosen together", "For you"}));
    }

    void timeCanBeMoved()
    {
        Shop bench;
        QVERIFY(bench.ready);
        QTRY_VERIFY(bench.card(0, 0));
        QTest::mouseClick(bench.card(0, 0), Qt::LeftButton, {}, {40, 20});
        QVERIFY(bench.idle());
        const Timestamp then = bench.visit().now();
        for (int i = 0; i < 7; ++i)
            QVERIFY(bench.click("visit.on"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.visit().now(), then + 7 * 600);
        QVERIFY(bench.visit().visit().at(bench.visit().now()).empty()); // an hour is over
        auto* slider = bench.find<QSlider>("visit.slider");
        slider->setValue(0);
        QVERIFY(bench.idle());
        QVERIFY(bench.press("Home page") && bench.idle());
        QTRY_VERIFY(bench.titles().size() >= 2);
        QVERIFY(bench.shelf(static_cast<int>(bench.titles().indexOf("New arrivals")))->items().size() <=
                1); // of what came later nothing is known
    }

    void aRealVisitIsReplayedStepByStep()
    {
        Shop bench;
        QVERIFY(bench.ready);
        bench.session.selectPerson(UserIndex{3});
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.find("visit.replay"));
        QVERIFY(bench.click("visit.replay") && bench.idle());
        QCOMPARE(bench.visit().visit().events().size(), std::size_t{1});
        const VisitEvent first = bench.visit().visit().events().front();
        QCOMPARE(bench.visit().now(), first.at);
        const auto& log = bench.session.dataset()->log();
        bool isReal = false;
        for (std::size_t event = 0; event < log.size(); ++event)
            isReal = isReal || (log.users()[event] == UserIndex{3} && log.items()[event] == first.item &&
                                log.times()[event] == first.at);
        QVERIFY(isReal);
    }

    void bFillsThemToo()
    {
        Shop bench;
        QVERIFY(bench.ready && bench.session.a() && bench.session.b());
        QTRY_VERIFY(bench.shelf(0));
        QTRY_VERIFY(bench.sees(bench.session.a()->name()));
        bench.session.selectPerson(UserIndex{3});
        QVERIFY(bench.idle());
        const auto byA = bench.shelf(0)->items();
        QVERIFY(bench.click("shelves.b") && bench.idle());
        QTRY_VERIFY(bench.shelf(0)->items() != byA);
    }
};

QTEST_MAIN(ShelvesLensTest)
#include "shelves_lens_test.moc"
