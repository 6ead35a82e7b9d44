// SPDX-License-Identifier: GPL-3.0-or-later
// What an event of each kind counts is changed in the window.
#include "tests/ui/workbench.h"
#include "ui/components/data_table.h"
#include "ui/components/share_bar.h"
#include "ui/components/widgets.h"

#include <QDoubleSpinBox>
#include <QTableView>

using namespace orrery;
using namespace orrery::ui;

namespace {

/// 40 people view every third of 20 goods and buy some of them; some they pass over.
QByteArray visits()
{
    QByteArray csv = "person,item,event,timestamp\n";
    for (int p = 0; p < 40; ++p)
        for (int i = 0; i < 20; ++i) {
            const auto line = [&](const char* kind, int second) {
                csv += QStringLiteral("p%1,g%2,%3,%4\n")
                           .arg(p)
                           .arg(i)
                           .arg(kind)
                           .arg(1'600'000'000 + 100 * i + second)
                           .toUtf8();
            };
            if ((p + i) % 3 == 0)
                line("view", 1);
            if ((p + i) % 6 == 0)
                line("purchase", 2);
            if ((p + i) % 5 == 1)
                line("skip", 3);
        }
    return csv;
}

/// The shop with Data on screen.
struct Shop : Workbench {
    explicit Shop(const QByteArray& csv = visits()) { ready = importFile(write("visits.csv", csv)) && go("data"); }
    bool toKinds() { return press("What counts"); }
    QDoubleSpinBox* weight(const QString& kind) { return find<QDoubleSpinBox>("kinds.weight." + kind); }
    /// Types a weight as a person would.
    bool type(const QString& kind, const QString& number)
    {
        QDoubleSpinBox* box = weight(kind);
        if (!box || !box->isEnabled())
            return false;
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, number);
        QTest::keyClick(box, Qt::Key_Tab);
        return true;
    }
    bool apply() { return click("kinds.apply") && idle(); }
    QString share(const QString& kind)
    {
        const auto* bar = find<ShareBar>("kinds.share." + kind);
        return bar ? bar->shown() : QString();
    }
    float inUse(EventKind kind) const { return session.dataset()->kindWeights()[kind]; }
    bool ready = false;
};

} // namespace

class KindsViewTest : public QObject {
    Q_OBJECT
private slots:
    void eachKindThatOccursHasItsWeight()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        QCOMPARE(shop.weight("view")->value(), 1.0);
        QCOMPARE(shop.weight("purchase")->value(), 5.0);
        QCOMPARE(shop.weight("skip")->value(), 0.0);
        QVERIFY(!shop.weight("cart"));
        // 267 views of 1 and 133 purchases of 5.
        QCOMPARE(shop.share("view"), QString("view: 267 events: 28.6 %"));
        QCOMPARE(shop.share("purchase"), QString("purchase: 133 events: 71.4 %"));
        QVERIFY(!shop.find("kinds.apply")->isEnabled());
        QVERIFY(!shop.find("kinds.default")->isEnabled());
    }

    void appliedWeightsAreThoseOfTheDataset()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        shop.session.selectPerson(UserIndex{7});
        const auto before = shop.session.dataset();
        const std::size_t interactions = before->interactions().size();
        QVERIFY(shop.type("view", "2.5") && shop.type("skip", "0.5"));
        QCOMPARE(shop.session.dataset(), before); // not yet
        QVERIFY(shop.apply());
        QVERIFY(shop.session.dataset()->hash() != before->hash());
        QCOMPARE(shop.inUse(EventKind::View), 2.5F);
        QCOMPARE(shop.inUse(EventKind::Purchase), 5.F);
        QVERIFY(shop.session.dataset()->interactions().size() > interactions); // what was passed over is some too
        QCOMPARE(shop.session.person().user, std::optional(UserIndex{7}));
        QVERIFY(!shop.find("kinds.apply")->isEnabled());
        QCOMPARE(shop.weight("view")->value(), 2.5);
        // It is what is in the file.
        shop.session.openWorkspace(shop.session.file());
        QVERIFY(shop.idle());
        QCOMPARE(shop.inUse(EventKind::View), 2.5F);
        QTRY_COMPARE(shop.weight("view")->value(), 2.5);
    }

    void defaultWeightsAreTheWayBack()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        const std::string hash = shop.session.dataset()->hash();
        QVERIFY(shop.type("purchase", "20") && shop.apply());
        QVERIFY(shop.session.dataset()->hash() != hash);
        QVERIFY(shop.click("kinds.default") && shop.idle());
        QCOMPARE(shop.session.dataset()->hash(), hash);
        QCOMPARE(shop.weight("purchase")->value(), 5.0);
        QVERIFY(!shop.find("kinds.default")->isEnabled());
    }

    void oneKindIsResetByItself()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        QVERIFY(!shop.find("kinds.reset.purchase"));
        QVERIFY(shop.type("purchase", "20") && shop.type("view", "3"));
        QVERIFY(shop.click("kinds.reset.purchase"));
        QCOMPARE(shop.weight("purchase")->value(), 5.0);
        QCOMPARE(shop.weight("view")->value(), 3.0);
        QVERIFY(shop.find("kinds.apply")->isEnabled());
    }

    void weightsAreSeenBeforeTheyAct()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        QVERIFY(shop.type("purchase", "0"));
        QCOMPARE(shop.share("view"), QString("view: 267 events: 100.0 %"));
        QVERIFY(shop.says("kinds.verdict").startsWith("Not applied yet"));
        QVERIFY(shop.type("view", "0"));
        QVERIFY(shop.says("kinds.verdict").startsWith("Nothing would count"));
        QVERIFY(!shop.find("kinds.apply")->isEnabled());
    }

    void ofOneKindAloneEachCountsOne()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        QVERIFY(shop.type("view", "0") && shop.apply());
        QCOMPARE(shop.inUse(EventKind::Purchase), 1.F);
        QCOMPARE(shop.session.dataset()->interactions().size(), std::size_t{133});
        QCOMPARE(shop.weight("purchase")->value(), 5.0); // what it was, when views count again
    }

    void modelsAreOfOtherDataUntilTheyAreRefreshed()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.train("popularity") && shop.train("item-knn"));
        QVERIFY(shop.session.behind().empty());
        QVERIFY(shop.toKinds() && shop.type("purchase", "20"));
        const QSignalSpy said(&shop.session, &WorkspaceSession::messageRaised);
        QVERIFY(shop.apply());
        QVERIFY(said.back().at(0).value<Message>().hint.startsWith("2 models learned from other data"));
        QCOMPARE(shop.session.behind().size(), std::size_t{2});
        QVERIFY(shop.go("recipes"));
        QTableView* table = shop.find<DataTable>("recipes.models")->view();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(0, 0)).center());
        QVERIFY(
            shop.find<ElidedLabel>("recipes.dataOf")->fullText().endsWith("but the items or the weights are others."));
        QVERIFY(shop.click("recipes.refreshAll") && shop.idle());
        QVERIFY(shop.session.behind().empty());
        QCOMPARE(shop.session.a()->row.trainHash, shop.session.dataset()->hash());
    }

    void formerWeightsMakeModelsCurrentAgain()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.train("popularity") && shop.toKinds());
        QVERIFY(shop.type("purchase", "20") && shop.apply());
        QCOMPARE(shop.session.behind().size(), std::size_t{1});
        QVERIFY(shop.click("kinds.default") && shop.idle());
        QVERIFY(shop.session.behind().empty());
    }

    void aLogOfOneKindHasNothingToWeigh_data()
    {
        QTest::addColumn<QByteArray>("csv");
        QTest::newRow("ratings") << Workbench::club();
        QTest::newRow("purchases alone") << QByteArray(
            "person,item,event\na,X,purchase\na,Y,purchase\nb,X,purchase\nb,Z,purchase\n");
    }
    void aLogOfOneKindHasNothingToWeigh()
    {
        QFETCH(const QByteArray, csv);
        Shop shop(csv);
        QVERIFY(shop.ready);
        QVERIFY(!shop.toKinds());
        QVERIFY(shop.press("Import report"));
        QVERIFY(shop.find<QLabel>("data.reportSummary"));
    }

    void anotherDatasetTakesTheTabAway()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds());
        QVERIFY(shop.importClub());
        QVERIFY(!shop.weight("view"));
        QVERIFY(!shop.toKinds());
        QVERIFY(shop.press("Profile"));
    }

    // What is appended while weights are being stored is not lost, nor are the weights.
    void weightsAndNewEventsAreBothThere()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds() && shop.type("view", "3"));
        const std::size_t events = shop.session.dataset()->log().size();
        const QString more = shop.write("more.csv", "person,item,event,timestamp\np1,g1,purchase,1700000000\n"
                                                    "p1,g2,view,1700000001\n");
        shop.session.appendData({more.toStdString()});
        QVERIFY(shop.apply());
        QCOMPARE(shop.session.dataset()->log().size(), events + 2);
        QCOMPARE(shop.inUse(EventKind::View), 3.F);
    }

    void aCancelledChangeChangesNothing()
    {
        Shop shop;
        QVERIFY(shop.ready && shop.toKinds() && shop.type("view", "3"));
        const auto before = shop.session.dataset();
        QVERIFY(shop.click("kinds.apply"));
        shop.jobs.cancelAll();
        QVERIFY(shop.idle());
        const auto stored = Workspace::open(shop.session.file())->datasets();
        QCOMPARE(shop.session.dataset()->hash(), (*stored)[0].hash);
        QCOMPARE(shop.session.dataset()->hash(), before->hash());
    }
};

QTEST_MAIN(KindsViewTest)
#include "kinds_view_test.moc"
