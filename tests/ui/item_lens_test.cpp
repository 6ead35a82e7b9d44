// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/workbench.h"
#include "ui/charts/chart_view.h"
#include "ui/components/data_table.h"
#include "ui/components/text.h"
#include "ui/components/widgets.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

using namespace orrery;
using namespace orrery::ui;

class ItemLensTest : public QObject {
    Q_OBJECT
private slots:
    void itAsksForAnItem()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("item-knn") && bench.go("explore") && bench.press("Item"));
        QVERIFY(bench.idle() && bench.sees("Which item?"));
    }

    void whoGetsItIsToldUnderBoth()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("popularity") && bench.train("item-knn") && bench.go("explore") &&
                bench.press("Item"));
        bench.session.selectItem(ItemIndex{4});
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.find<ChartView>("item.chart"));
        QVERIFY(bench.sees(text(bench.session.dataset()->title(ItemIndex{4}))));
        QVERIFY(bench.sees("of all choices"));
        QVERIFY(bench.sees("times its share of choices") || bench.sees("shows it to nobody"));
        const auto* table = bench.find<DataTable>("item.groups");
        QVERIFY(table && table->shownRows() > 0); // by length of history
        QCOMPARE(table->view()->model()->columnCount(), 4);

        bench.session.selectPerson(UserIndex{3});
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.sees("Person p3, "));
        bench.session.selectItem(ItemIndex{5});
        QVERIFY(bench.idle());
        QTRY_VERIFY(bench.sees(text(bench.session.dataset()->title(ItemIndex{5}))));
    }

    void aNewItemShowsWhereItLands()
    {
        Workbench bench;
        bench.session.openSample();
        QVERIFY(bench.idle() && bench.train("implicit-als") && bench.go("explore") && bench.press("Item"));
        QVERIFY(bench.click("item.new") && bench.idle());
        QVERIFY(bench.click("newItem.place"));
        QTRY_VERIFY(bench.sees("Nothing was said of the item"));
        bench.find<QLineEdit>("newItem.title")->setText("Western Duel (2025)");
        bench.find<QLineEdit>("newItem.genres")->setText("Western");
        QVERIFY(bench.click("newItem.place") && bench.idle());
        QTRY_VERIFY(bench.sees("It inherits from"));
        QVERIFY(bench.sees("people within the first 10"));
        bench.find<QLineEdit>("newItem.year")->setText("soon");
        QVERIFY(bench.click("newItem.place"));
        QTRY_VERIFY(bench.sees("is a number"));
        QVERIFY(bench.click("item.new") && bench.idle() && bench.sees("Which item?"));
    }

    void aNewItemBecomesPartOfTheCatalog()
    {
        Workbench bench;
        bench.session.openSample();
        QVERIFY(bench.idle() && bench.train("content") && bench.go("explore") && bench.press("Item"));
        QVERIFY(bench.click("item.new") && bench.idle());
        const std::size_t items = bench.session.dataset()->itemCount();
        QCOMPARE(bench.find<QLineEdit>("newItem.id")->text(), QString("new-1"));
        bench.find<QLineEdit>("newItem.title")->setText("Western Duel (2025)");
        bench.find<QLineEdit>("newItem.genres")->setText("Western");
        QVERIFY(bench.click("newItem.add") && bench.idle());
        QCOMPARE(bench.session.dataset()->itemCount(), items + 1);
        QCOMPARE(bench.session.item(), bench.session.dataset()->findItem("new-1"));
        QCOMPARE(bench.session.dataset()->title(*bench.session.item()), std::string("Western Duel (2025)"));
        QCOMPARE(bench.session.a()->recommender->model()->itemCount(), items + 1); // it was brought up to date
        QCOMPARE(Workspace::open(bench.session.file())->datasets()->front().hash, bench.session.dataset()->hash());
    }

    void whoGetsItFirstCanBeLookedAt()
    {
        Workbench bench;
        QVERIFY(bench.importClub() && bench.train("item-knn") && bench.go("explore") && bench.press("Item"));
        bench.session.selectItem(ItemIndex{4});
        QVERIFY(bench.idle());
        QPushButton* first = nullptr;
        const auto isThere = [&] {
            for (auto* link : bench.window().findChildren<QPushButton*>())
                if (link->isVisible() && link->text().startsWith("Person p"))
                    first = link;
            return first != nullptr;
        };
        QTRY_VERIFY(isThere());
        const QString who = first->text().section(' ', 0, 1);
        first->click();
        QVERIFY(bench.idle());
        QCOMPARE(personTitle(*bench.session.dataset(), *bench.session.person().user), who);
        QVERIFY(bench.find("explore.shuffle")); // the person's lens
    }
};

QTEST_MAIN(ItemLensTest)
#include "item_lens_test.moc"
