// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/workbench.h"
#include "ui/components/bar_row.h"
#include "ui/components/data_table.h"
#include "ui/components/picker.h"
#include "ui/components/save_file.h"
#include "ui/inspector/contribution_bars.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/message_bar.h"

#include <QCalendarWidget>
#include <QDragEnterEvent>
#include <QMimeData>

using namespace orrery;
using namespace orrery::ui;

namespace {

const QStringList places = {"home", "data", "recipes", "explore", "judge"};

/// With two models, so that every page has something to show.
struct Compared : Workbench {
    Compared() { ready = importClub() && train("popularity") && train("item-knn") && window().isVisible(); }
    bool ready = false;
};

/// How many points of a grid over the widget have that colour.
int pointsOf(const QImage& image, const QColor& colour)
{
    int found = 0;
    for (int y = 4; y < image.height(); y += 8)
        for (int x = 4; x < image.width(); x += 8)
            found += image.pixelColor(x, y) == colour ? 1 : 0;
    return found;
}

} // namespace

class WindowTest : public QObject {
    Q_OBJECT
private slots:
    void theRailChangesPages()
    {
        Compared bench;
        QVERIFY(bench.ready);
        for (const QString& place : places) {
            QVERIFY(bench.go(place));
            QCOMPARE(bench.window().currentPage(), place);
            QVERIFY(bench.find("page." + place));
            QVERIFY(bench.find<QAbstractButton>("rail." + place)->isChecked());
        }
    }

    void keysChangePages()
    {
        Compared bench;
        for (int i = static_cast<int>(places.size()) - 1; i >= 0; --i) {
            QTest::keyClick(&bench.window(), static_cast<Qt::Key>(Qt::Key_1 + i), Qt::ControlModifier);
            QCOMPARE(bench.window().currentPage(), places[i]);
        }
    }

    void everyPageSaysWhatToDoWithoutData()
    {
        Workbench bench;
        QVERIFY(bench.sees("No data yet"));
        for (const char* place : {"data", "explore", "judge"}) {
            QVERIFY(bench.go(place));
            QVERIFY2(bench.sees("No data yet"), place);
        }
        QVERIFY(!bench.find("header.a"));
    }

    void thePaletteRunsAnAction()
    {
        Compared bench;
        QTest::keyClick(&bench.window(), Qt::Key_K, Qt::ControlModifier);
        auto* field = bench.find<Picker>("palette.field");
        QVERIFY(field);
        QTRY_VERIFY(field->hasFocus());
        QTest::keyClicks(field, "go to judge");
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(bench.window().currentPage(), QString("judge"));
        QVERIFY(!bench.find("palette"));
    }

    void thePaletteFindsAFilm()
    {
        Compared bench;
        QVERIFY(bench.click("header.find"));
        auto* field = bench.find<Picker>("palette.field");
        QTest::keyClicks(field, "film 07");
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(bench.session.item());
        QCOMPARE(bench.session.dataset()->title(*bench.session.item()), std::string("Film 07"));
        QVERIFY(bench.idle());
        QCOMPARE(bench.says("inspector.title"), QString("Film 07"));
    }

    void thePaletteFindsAPerson()
    {
        Compared bench;
        QVERIFY(bench.click("header.find"));
        auto* field = bench.find<Picker>("palette.field");
        QTest::keyClicks(field, "person p33");
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(bench.window().currentPage(), QString("explore"));
        QCOMPARE(bench.session.dataset()->personName(*bench.session.person().user), std::string("p33"));
    }

    void escapeClosesThePalette()
    {
        Compared bench;
        QVERIFY(bench.click("header.find"));
        auto* field = bench.find<Picker>("palette.field");
        QTest::keyClicks(field, "film");
        QTest::keyClick(field, Qt::Key_Escape); // its list
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!bench.find("palette"));
    }

    void noWidgetKeepsTheColoursOfTheOtherTheme()
    {
        Compared bench;
        bench.theme.choose(ThemeChoice::Light);
        bench.session.selectItem(ItemIndex{3}, bench.session.b()->row.id);
        for (const QString& place : places) {
            QVERIFY(bench.go(place));
            const Tokens light = tokensFor(&bench.window());
            const QImage before = bench.window().grab().toImage();
            QVERIFY(bench.click("header.theme"));
            QVERIFY(bench.idle());
            const Tokens dark = tokensFor(&bench.window());
            const QImage after = bench.window().grab().toImage();
            QVERIFY(light.window != dark.window);
            QVERIFY(pointsOf(before, light.surface) + pointsOf(before, light.window) > 4000);
            QVERIFY(pointsOf(after, dark.surface) + pointsOf(after, dark.window) > 4000);
            QVERIFY2(pointsOf(after, light.surface) + pointsOf(after, light.window) < 8, qPrintable(place));
            QVERIFY(bench.click("header.theme"));
            QVERIFY(bench.idle());
            const QImage again = bench.window().grab().toImage();
            QVERIFY2(pointsOf(again, dark.surface) + pointsOf(again, dark.window) < 8, qPrintable(place));
        }
        bench.theme.choose(ThemeChoice::System);
    }

    void anExportThatFailsIsSaidAtTheTop()
    {
        Workbench bench;
        QVERIFY(bench.importClub());
        QVERIFY(bench.go("data"));
        QVERIFY(bench.press("Catalog"));
        auto* table = bench.find<DataTable>("data.catalog");
        const QString file = "/no/such/folder/films.csv";
        sayExported(table, file, table->exportCsv(file));
        auto* bar = bench.find<MessageBar>("messageBar");
        QVERIFY(bar);
        QVERIFY2(bar->text().contains(file) && bar->text().contains("No such file"), qPrintable(bar->text()));
        const QString fine = bench.path("films.csv");
        sayExported(table, fine, table->exportCsv(fine));
        QVERIFY2(bar->text().contains("films.csv"), qPrintable(bar->text()));
        QVERIFY(QFile::exists(fine));
    }

    void anErrorStaysUntilItIsClosed()
    {
        Compared bench;
        QVERIFY(!bench.find("messageBar"));
        ImportRequest request;
        request.path = bench.path("nothing-here.csv").toStdString();
        bench.session.importData(request);
        QVERIFY(bench.idle());
        auto* bar = bench.find<MessageBar>("messageBar");
        QVERIFY(bar);
        QVERIFY2(bar->text().contains("nothing-here.csv"), qPrintable(bar->text()));
        QTest::mouseClick(bar->findChild<QAbstractButton*>(), Qt::LeftButton);
        QVERIFY(!bench.find("messageBar"));
    }

    void aRunningJobIsShownAndCanBeCancelled()
    {
        Compared bench;
        bench.session.openSample(); // large enough to be caught at work
        QVERIFY(bench.idle());
        TrainingOrder order;
        order.algorithm = "svd";
        order.params.set("epochs", std::int64_t{1000});
        order.params.set("factors", std::int64_t{200});
        (void)bench.session.train(order);
        QTRY_VERIFY(bench.find("jobs.cancel"));
        QVERIFY2(bench.says("jobs.text").contains("SVD"), qPrintable(bench.says("jobs.text")));
        const std::size_t before = bench.session.models().size();
        QVERIFY(bench.click("jobs.cancel"));
        QVERIFY(bench.idle(5'000));
        QCOMPARE(bench.session.models().size(), before);
        QVERIFY(!bench.find("jobs.cancel"));
        QVERIFY2(bench.says("jobs.text").contains("cancelled"), qPrintable(bench.says("jobs.text")));
    }

    void aFinishedJobSaysHowLongItTook()
    {
        Compared bench;
        QVERIFY(bench.train("bias"));
        QVERIFY2(bench.says("jobs.text").contains("done in"), qPrintable(bench.says("jobs.text")));
        QVERIFY(bench.sees("3 models"));
    }

    void theInspectorFollowsTheSelection()
    {
        Compared bench;
        QVERIFY(!bench.find("inspector"));
        bench.session.selectPerson(UserIndex{0});
        bench.session.selectItem(ItemIndex{0}, bench.session.b()->row.id);
        QVERIFY(bench.idle());
        QVERIFY(bench.find("inspector"));
        const QString first = bench.says("inspector.title");
        bench.session.selectItem(ItemIndex{3});
        QVERIFY(bench.idle());
        QVERIFY(bench.says("inspector.title") != first);
        QVERIFY(bench.click("header.inspector"));
        QVERIFY(!bench.find("inspector"));
        QTest::keyClick(&bench.window(), Qt::Key_I, Qt::ControlModifier);
        QVERIFY(bench.find("inspector"));
        QVERIFY(bench.press("Why not"));
        QVERIFY(bench.find("inspector.whyNot"));
        QVERIFY(bench.press("Neighbours"));
        QVERIFY(!bench.find("inspector.whyNot"));
        const auto rows = bench.window().findChildren<BarRow*>();
        QVERIFY(rows.size() >= 4); // by B: popularity has none

        QCOMPARE(bench.says("neighbours.heading"), QString("Closest under Item kNN"));
        QTRY_VERIFY(bench.sees("with Film")); // what it has in common with the first
        const QString title = rows.front()->text();
        QTest::mouseClick(rows.front(), Qt::LeftButton);
        QVERIFY(bench.idle());
        QCOMPARE(bench.says("inspector.title"), title);
        QVERIFY(bench.press("by A") && bench.idle());
        QCOMPARE(bench.says("neighbours.heading"), QString("Popularity has no notion of similar items."));
    }

    void anotherDatasetEmptiesTheInspector()
    {
        Compared bench;
        bench.session.selectItem(ItemIndex{20});
        QVERIFY(bench.idle());
        QVERIFY(bench.importFile(bench.write("other.csv", "person,item,rating\na,X,5\nb,X,4\na,Y,3\nb,Y,2\n")));
        QVERIFY(!bench.session.item());
        QVERIFY(!bench.find("inspector.title"));
    }

    void theMenusOfAAndBChoose()
    {
        Compared bench;
        const ModelId a = bench.session.a()->row.id;
        const ModelId b = bench.session.b()->row.id;
        QVERIFY(bench.click("header.a"));
        QVERIFY(bench.choose(bench.session.model(b)->name()));
        QCOMPARE(bench.session.a()->row.id, b);
        QVERIFY(bench.click("header.b"));
        QVERIFY(bench.choose(bench.session.model(a)->name()));
        QCOMPARE(bench.session.b()->row.id, a);
        QVERIFY(bench.find<QAbstractButton>("header.b")->text().contains(bench.session.model(a)->name().left(8)));
        QVERIFY(bench.click("header.b"));
        QVERIFY(bench.choose("Train another"));
        QCOMPARE(bench.window().currentPage(), QString("recipes"));
    }

    void theDateMenuHidesTheLastPart()
    {
        Compared bench;
        QVERIFY(bench.click("header.asOf"));
        QVERIFY(bench.choose("hide the last 20 %"));
        QCOMPARE(bench.session.asOf(), bench.session.dataset()->timeOfShare(0.8));
        QVERIFY(!bench.find<QAbstractButton>("header.asOf")->text().contains("the end"));
        QVERIFY(bench.click("header.asOf"));
        QVERIFY(bench.choose("hide nothing"));
        QCOMPARE(bench.session.asOf(), endOfTime);
    }

    void aDroppedFileIsOpened()
    {
        Workbench bench;
        bench.window();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(bench.write("club.csv", Workbench::club()))});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&bench.window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&bench.window(), &drop);
        QVERIFY(bench.idle());
        QCOMPARE(bench.window().currentPage(), QString("data"));
        QVERIFY(bench.find("roles.table"));
    }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
